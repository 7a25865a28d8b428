namespace Netweir.NodeState;

/// <summary>The state directory, which keeps the ledger until everything else is undone, and the directories above it that were made for it.</summary>
internal static class LedgerHome
{
    /// <summary>Whether the entry is of a directory that the ledger is in.</summary>
    public static bool Holds(UninstallPaths paths, LedgerEntry entry) =>
        entry.Kind == LedgerKind.Directory && (paths.StateDirectory + "/").StartsWith(entry.Name + "/", StringComparison.Ordinal);

    public static IReadOnlyList<Removal> Plan(UninstallPaths paths, Ledger ledger)
    {
        // Read before the ledger goes.
        List<string> directories = [.. Recognised.Entries(paths).Concat(ledger.Read()).Where(e => Holds(paths, e)).Select(e => e.Name).Distinct(StringComparer.Ordinal)
            .OrderByDescending(d => d.Length)];
        if (!ledger.Exists)
        {
            // An earlier run was cut off here, when nothing but an empty directory was left.
            directories = [.. directories.Union([paths.StateDirectory])];
        }

        var removals = new List<Removal>();
        if (Directory.Exists(paths.Here(paths.StateDirectory)))
        {
            removals.Add(new Removal("ledger", Path.Combine(paths.StateDirectory, Ledger.FileName)) { Undo = () => Delete(ledger) });
        }

        removals.AddRange(DirectoryRemover.Plan(paths, directories));
        return removals;
    }

    private static string? Delete(Ledger ledger)
    {
        ledger.Delete();
        return null;
    }
}
