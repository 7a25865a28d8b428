using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>Kernel settings go back to what they were, where they still are what Netweir made them.</summary>
internal sealed class SysctlRestorer : IRemover
{
    public string Kind => LedgerKind.Sysctl;

    /// <summary>
    /// What is to be done is decided before anything is written: writing one setting changes others. Those were written down before it, and so
    /// are put back after it.
    /// </summary>
    public IEnumerable<Removal> Plan(UninstallContext context)
    {
        List<LedgerEntry> entries = [.. context.Of(Kind).Where(e => e.Before is not null)];
        return from entry in entries
               let actual = Sysctl.TryRead(entry.Name)
               where actual is not null && (actual != entry.Before || entry.Before == entry.Detail)
               select actual == entry.Detail || IsCutOff(entry, actual, entries)
                   ? new Removal(Kind, entry.Name) { Restores = true, Detail = Change(entry), Undo = () => Restore(entry.Name, entry.Before!) }
                   : new Removal(Kind, entry.Name) { Left = $"it is {actual}: somebody else changed it after Netweir, which had found {entry.Before} and set {entry.Detail}" };
    }

    /// <summary>An earlier run put back the setting that this one follows, and was interrupted before it came to this one.</summary>
    private static bool IsCutOff(LedgerEntry entry, string actual, IEnumerable<LedgerEntry> entries) =>
        SysctlEffects.CauseOf(entry.Name) is { } cause && entries.FirstOrDefault(e => e.Name == cause) is { } followed
        && Sysctl.TryRead(cause) == followed.Before && actual == SysctlEffects.After(entry.Name, followed.Before!);

    /// <summary>What was the same before and with Netweir is only put back after what follows from other settings.</summary>
    private static string Change(LedgerEntry entry) => entry.Detail == entry.Before ? $"stays {entry.Before}" : $"{entry.Detail} -> {entry.Before}";

    private static string? Restore(string name, string value)
    {
        if (Sysctl.TryRead(name) is { } actual && actual != value)
        {
            Sysctl.Write(name, value);
        }

        return null;
    }
}
