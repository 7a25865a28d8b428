namespace Netweir.NodeState.Foreign;

/// <summary>Tables of iptables-legacy. What is in them can be read by its own program alone.</summary>
public static class LegacyIptables
{
    /// <summary>Of the calling thread's network namespace: <c>iptables nat</c>, <c>ip6tables filter</c>.</summary>
    public static IReadOnlyList<string> Tables() =>
        [.. Read("ip_tables_names").Select(t => $"iptables {t}"), .. Read("ip6_tables_names").Select(t => $"ip6tables {t}")];

    private static string[] Read(string file)
    {
        string path = $"/proc/thread-self/net/{file}";
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }
}
