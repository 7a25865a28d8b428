using System.Globalization;

namespace Netweir.Controller;

/// <summary>What this process may do: capabilities(7).</summary>
internal static class Capabilities
{
    private const int NetAdmin = 12;
    private const int SysAdmin = 21;
    private const int Bpf = 39;

    /// <summary>Null when everything that is needed is there, else what is missing. <paramref name="status"/>: /proc/self/status.</summary>
    public static string? Missing(IEnumerable<string> status)
    {
        var line = status.FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal)) ?? "CapEff:0";
        var effective = ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var missing = new List<string>();
        if (!Has(effective, NetAdmin))
        {
            missing.Add("CAP_NET_ADMIN");
        }
        if (!Has(effective, Bpf) && !Has(effective, SysAdmin))
        {
            missing.Add("CAP_BPF");
        }
        return missing.Count == 0 ? null
            : $"{string.Join(" and ", missing)} missing: run netweir-agent as root, in Kubernetes with these in securityContext.capabilities.add (deploy/netweir.yaml has them)";
    }

    private static bool Has(ulong set, int capability) => (set >> capability & 1) != 0;
}
