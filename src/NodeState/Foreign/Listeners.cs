using System.Globalization;

namespace Netweir.NodeState.Foreign;

/// <summary>Listening sockets of the calling thread's network namespace.</summary>
public static class Listeners
{
    private const string Listening = "0A";

    public static IReadOnlyList<Listener> Read() =>
        [.. Read("tcp", false), .. Read("tcp6", false), .. Read("udp", true), .. Read("udp6", true)];

    private static IEnumerable<Listener> Read(string protocol, bool isUdp)
    {
        string path = $"/proc/thread-self/net/{protocol}";
        return File.Exists(path) ? File.ReadLines(path).Skip(1).Select(line => Parse(line, isUdp)).OfType<Listener>() : [];
    }

    /// <summary><c>0: 0100007F:2719 00000000:0000 0A ... inode</c>; null for connections.</summary>
    internal static Listener? Parse(string line, bool isUdp)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 9 && (isUdp || words[3] == Listening) && words[2].EndsWith(":0000", StringComparison.Ordinal)
            ? new Listener(isUdp, ushort.Parse(words[1].AsSpan(words[1].IndexOf(':', StringComparison.Ordinal) + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                ulong.Parse(words[9], CultureInfo.InvariantCulture))
            : null;
    }
}
