namespace Netweir.Loader;

/// <summary>Where things are pinned below a BPF root such as <c>/sys/fs/bpf/netweir</c>.</summary>
public static class BpfPaths
{
    public static string Maps(string root) => Path.Combine(root, "maps");

    public static string Programs(string root) => Path.Combine(root, "programs");

    public static string Links(string root) => Path.Combine(root, "links");

    /// <summary>Everything that is made below a root, in the order in which it is removed.</summary>
    public static IReadOnlyList<string> Directories(string root) => [Links(root), Programs(root), Maps(root)];

    public static string Map(string root, string name) => Path.Combine(root, "maps", name);

    public static string Program(string root, string name) => Path.Combine(root, "programs", name);
}
