namespace Netweir.Loader;

/// <summary>Where things are pinned below a BPF root such as <c>/sys/fs/bpf/netweir</c>.</summary>
public static class BpfPaths
{
    public static string Maps(string root) => Path.Combine(root, "maps");

    public static string Programs(string root) => Path.Combine(root, "programs");

    public static string Links(string root) => Path.Combine(root, "links");

    public static string Map(string root, string name) => Path.Combine(root, "maps", name);

    public static string Program(string root, string name) => Path.Combine(root, "programs", name);
}
