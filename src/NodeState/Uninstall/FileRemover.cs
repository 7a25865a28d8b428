namespace Netweir.NodeState;

/// <summary>Files of Netweir's own, and what writers of them left that died.</summary>
internal sealed class FileRemover(string kind, bool ctl = false) : IRemover
{
    public string Kind => kind;

    public bool Knows(LedgerEntry entry) => entry.Kind == kind && IsMine(entry.Name);

    public IEnumerable<Removal> Plan(UninstallContext context) =>
        from name in context.Names(kind)
        where IsMine(name)
        let files = WithLeftovers(context.Paths.Here(name))
        where files.Count > 0
        select new Removal(kind, name)
        {
            Undo = () =>
            {
                files.ForEach(File.Delete);
                return null;
            },
        };

    private bool IsMine(string name) => Path.GetFileName(name) == "ctl" == ctl;

    /// <summary>The file last.</summary>
    private static List<string> WithLeftovers(string path)
    {
        string directory = Path.GetDirectoryName(path)!, name = Path.GetFileName(path);
        return [.. ((string[])[$".{name}.new", $".{name}.tmp", name]).Select(n => Path.Combine(directory, n)).Where(File.Exists)];
    }
}
