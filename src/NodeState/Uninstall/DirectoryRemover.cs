namespace Netweir.NodeState;

/// <summary>Directories that Netweir made, the innermost first, when nobody else has put anything there.</summary>
internal sealed class DirectoryRemover : IRemover
{
    public string Kind => LedgerKind.Directory;

    public IEnumerable<Removal> Plan(UninstallContext context)
    {
        IReadOnlyList<string> roots = context.Names(LedgerKind.BpfRoot);
        return Plan(context.Paths, context.Of(Kind).Where(e => !LedgerHome.Holds(context.Paths, e)).Select(e => e.Name).Distinct(StringComparer.Ordinal)
            .Where(n => !roots.Contains(n)).OrderByDescending(n => n.Length));
    }

    public static IEnumerable<Removal> Plan(UninstallPaths paths, IEnumerable<string> names) =>
        from name in names
        let here = paths.Here(name)
        where Directory.Exists(here)
        select new Removal(LedgerKind.Directory, name) { Undo = () => Delete(here) };

    private static string? Delete(string path)
    {
        string[] others = [.. Directory.EnumerateFileSystemEntries(path).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];
        if (others.Length > 0)
        {
            return $"not empty: {string.Join(", ", others.Take(5))}";
        }

        Directory.Delete(path);
        return null;
    }
}
