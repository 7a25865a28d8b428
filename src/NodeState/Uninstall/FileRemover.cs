namespace Netweir.NodeState;

/// <summary>Files of Netweir's own, and what writers of them left that died. ctl goes last: with it, what is interrupted can be done again.</summary>
internal sealed class FileRemover(string kind) : IRemover
{
    public string Kind => kind;

    public IEnumerable<Removal> Plan(UninstallContext context) =>
        from name in context.Names(kind).OrderBy(n => Path.GetFileName(n) == "ctl")
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

    /// <summary>The file last.</summary>
    private static List<string> WithLeftovers(string path)
    {
        string directory = Path.GetDirectoryName(path)!, name = Path.GetFileName(path);
        return [.. ((string[])[$".{name}.new", $".{name}.tmp", name]).Select(n => Path.Combine(directory, n)).Where(File.Exists)];
    }
}
