using Netweir.Loader;

namespace Netweir.NodeState;

/// <summary>The pins: with the last one, maps and programs end.</summary>
internal sealed class BpfRootRemover : IRemover
{
    public string Kind => LedgerKind.BpfRoot;

    public IEnumerable<Removal> Plan(UninstallContext context) =>
        from root in context.Names(Kind)
        let here = context.Paths.Here(root)
        where Directory.Exists(here)
        select new Removal(Kind, root) { Undo = () => Delete(here, [.. Above(root, context)]) };

    /// <summary>Directories above the root that were made for it; those of a bpffs have to go before it is unmounted.</summary>
    private static IEnumerable<string> Above(string root, UninstallContext context) =>
        context.Of(LedgerKind.Directory).Select(e => e.Name).Distinct(StringComparer.Ordinal).Where(d => root.StartsWith(d + "/", StringComparison.Ordinal))
            .OrderByDescending(d => d.Length).Select(context.Paths.Here);

    private static string? Delete(string root, IReadOnlyList<string> above)
    {
        foreach (string directory in BpfPaths.Directories(root).Where(Directory.Exists))
        {
            Directory.Delete(directory, recursive: true);
        }

        IReadOnlyList<string> others = BpfFs.Contents(root);
        if (others.Count > 0)
        {
            return $"maps, programs and links are removed; somebody else has pinned something there ({string.Join(", ", others.Take(5))})";
        }

        foreach (string directory in above.Prepend(root).TakeWhile(d => !IsMountPoint(d) && !Directory.EnumerateFileSystemEntries(d).Any()))
        {
            Directory.Delete(directory);
        }

        return null;
    }

    private static bool IsMountPoint(string path) => BpfFs.IsMounted(path) && !BpfFs.IsMounted(Path.GetDirectoryName(path)!);
}
