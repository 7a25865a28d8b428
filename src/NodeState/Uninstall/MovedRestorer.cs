namespace Netweir.NodeState;

/// <summary>What was moved aside comes back to its place, unless something new is there.</summary>
internal sealed class MovedRestorer : IRemover
{
    public string Kind => LedgerKind.Moved;

    public IEnumerable<Removal> Plan(UninstallContext context) =>
        from entry in context.Of(Kind)
        let place = context.Paths.Here(entry.Name)
        let aside = context.Paths.Here(entry.Detail ?? "")
        where entry.Detail is not null && Path.Exists(aside)
        select new Removal(Kind, entry.Name) { Restores = true, Detail = $"from {entry.Detail}", Undo = () => Restore(aside, place) };

    private static string? Restore(string aside, string place)
    {
        if (Path.Exists(place))
        {
            return $"something else is in its place: it stays at {aside}";
        }

        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        if (File.Exists(aside))
        {
            File.Move(aside, place);
        }
        else
        {
            Directory.Move(aside, place);
        }

        return null;
    }
}
