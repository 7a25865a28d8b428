using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>The node's mounts: whether a directory can be written there, whatever a container has mounted over it.</summary>
internal sealed class MountTable(IEnumerable<string> mountInfo)
{
    private readonly List<Mount> _mounts = [.. mountInfo.Select(Parse).OfType<Mount>()];

    public static MountTable Read(HostRoot host) => new(File.ReadAllLines(Path.Combine(host.Proc, "1", "mountinfo")));

    /// <param name="path">Absolute, on the node.</param>
    public bool IsReadOnly(string path) =>
        // Of two mounts at one point, the later one covers the other.
        _mounts.Where(m => m.Point == "/" || path == m.Point || path.StartsWith(m.Point + "/", StringComparison.Ordinal))
            .Aggregate(new Mount("", false), (best, m) => m.Point.Length >= best.Point.Length ? m : best).IsReadOnly;

    /// <summary><c>36 35 98:0 /root /mount/point rw,noatime master:1 - ext3 /dev/root rw,errors=continue</c></summary>
    private static Mount? Parse(string line)
    {
        string[] words = line.Split(' ');
        int dash = Array.IndexOf(words, "-");
        return words.Length > 5 && dash > 0 && dash + 3 < words.Length
            ? new Mount(words[4].Replace("\\040", " ", StringComparison.Ordinal), IsReadOnlyOption(words[5]) || IsReadOnlyOption(words[dash + 3]))
            : null;
    }

    private sealed record Mount(string Point, bool IsReadOnly);

    private static bool IsReadOnlyOption(string options) => options.Split(',').Contains("ro");
}
