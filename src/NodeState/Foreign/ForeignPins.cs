namespace Netweir.NodeState.Foreign;

/// <summary>What other eBPF network plugins keep on the BPF file system.</summary>
public static class ForeignPins
{
    /// <summary>Directories of a plugin's own, and a common one in which its maps have a prefix.</summary>
    private static readonly (string Directory, string Prefix, string Owner)[] s_places =
    [
        ("cilium", "", "Cilium"),
        ("tc/globals", "cilium_", "Cilium"),
        ("tc/globals", "cali_", "Calico"),
        ("calico", "", "Calico"),
    ];

    /// <summary><c>Cilium: /sys/fs/bpf/tc/globals (31 pins)</c></summary>
    public static IReadOnlyList<string> Find(string fileSystem) =>
    [
        .. from place in s_places
           let directory = Path.Combine(fileSystem, place.Directory)
           let count = Count(directory, place.Prefix)
           where count > 0
           select $"{place.Owner}: {directory} ({count} pins)",
    ];

    private static int Count(string directory, string prefix) => Directory.Exists(directory)
        ? Directory.EnumerateFileSystemEntries(directory).Count(p => Path.GetFileName(p).StartsWith(prefix, StringComparison.Ordinal))
        : 0;
}
