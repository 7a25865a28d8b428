namespace Netweir.NodeState.Foreign;

/// <summary>What other eBPF network plugins keep on the BPF file system.</summary>
public static class ForeignPins
{
    /// <summary>Directories of a plugin's own, and a common one in which its maps have a prefix.</summary>
    private static readonly Place[] s_places =
    [
        new("cilium", "", "Cilium"),
        new("tc/globals", "cilium_", "Cilium"),
        new("tc/globals", "cali_", "Calico"),
        new("calico", "", "Calico"),
    ];

    private sealed record Place(string Directory, string Prefix, string Owner);

    /// <summary><c>Cilium: /sys/fs/bpf/tc/globals (31 pins)</c></summary>
    public static IReadOnlyList<string> Find(string fileSystem) =>
        [.. s_places.Select(place => Describe(place, Path.Combine(fileSystem, place.Directory))).OfType<string>()];

    private static string? Describe(Place place, string directory) =>
        Count(directory, place.Prefix) is > 0 and var count ? $"{place.Owner}: {directory} ({count} pins)" : null;

    private static int Count(string directory, string prefix) => Directory.Exists(directory)
        ? Directory.EnumerateFileSystemEntries(directory).Count(p => Path.GetFileName(p).StartsWith(prefix, StringComparison.Ordinal))
        : 0;
}
