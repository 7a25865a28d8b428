namespace Netweir.Loader;

/// <summary>Where things are pinned below a BPF root such as <c>/sys/fs/bpf/netweir</c>.</summary>
public static class BpfPaths
{
    public static string Maps(string root) => Path.Combine(root, "maps");

    public static string Programs(string root) => Path.Combine(root, "programs");

    public static string Links(string root) => Path.Combine(root, "links");

    /// <summary>Where a map is pinned for the moment before it takes another's place.</summary>
    public static string NextMaps(string root) => Path.Combine(root, "maps_next"); // bpffs takes no dots in names

    /// <summary>What an upgrade leaves there while it takes over from other programs.</summary>
    public static string Previous(string root) => Path.Combine(root, "previous");

    public static string NextMap(string root, string name) => Path.Combine(NextMaps(root), name);

    /// <summary>Everything that is made below a root, in the order in which it is removed.</summary>
    public static IReadOnlyList<string> Directories(string root) => [Links(root), Programs(root), Previous(root), NextMaps(root), Maps(root)];

    public static string Map(string root, string name) => Path.Combine(root, "maps", name);

    public static string Program(string root, string name) => Path.Combine(root, "programs", name);
}
