using System.Globalization;
using Netweir.NodeState;
using Sysctl = Netweir.Netlink.Sysctl;

namespace Netweir.Ctl;

/// <summary>Kernel settings that hurt, or that one wonders about.</summary>
internal static class SysctlChecks
{
    /// <summary>The first and last port for translated sources, unless the agent is told otherwise.</summary>
    private const int FirstSnatPort = 20000, LastSnatPort = 29999;

    private static readonly Setting[] s_settings =
    [
        new(
            "net/core/bpf_jit_enable", "0", Severity.Warning,
            "programs are interpreted: several times the cost for every packet",
            "sysctl -w net.core.bpf_jit_enable=1"),
        new(
            "net/ipv4/ip_forward", "0", Severity.Info,
            "none once the agent runs, which sets it to 1; a tool that sets it back cuts pods off",
            "see that nothing sets it: grep -r ip_forward /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d"),
        new(
            "net/ipv4/conf/all/rp_filter", "1", Severity.Info,
            "none for Netweir's devices, on which the agent sets 2: the larger of the two counts",
            "nothing has to be done"),
        new(
            "net/ipv6/conf/all/disable_ipv6", "1", Severity.Warning,
            "pods of a cluster with IPv6 get no connection over it on this node; of an IPv4 cluster: none",
            "sysctl -w net.ipv6.conf.all.disable_ipv6=0, where the cluster has IPv6"),
    ];

    public static Check Check { get; } = new("kernel settings", () => Judge(Sysctl.TryRead));

    /// <param name="read">The value of a setting; null: the kernel does not have it.</param>
    internal static CheckResult Judge(Func<string, string?> read)
    {
        Finding[] findings = [.. s_settings.Where(s => read(s.Name) == s.Hurts).Select(s => s.Finding), .. LocalPorts(read("net/ipv4/ip_local_port_range"))];
        return new CheckResult("kernel settings", findings.Length == 0 ? "nothing unusual" : string.Join("; ", findings.Select(f => f.What)), findings);
    }

    private static IEnumerable<Finding> LocalPorts(string? range)
    {
        if (range?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [var first, var last]
            && int.Parse(first, CultureInfo.InvariantCulture) <= LastSnatPort && int.Parse(last, CultureInfo.InvariantCulture) >= FirstSnatPort)
        {
            yield return new Finding(
                Severity.Warning,
                "sysctl",
                $"net.ipv4.ip_local_port_range is {first} {last}, which overlaps the ports for translated sources ({FirstSnatPort}-{LastSnatPort})",
                "a connection of this host and one of a pod may come to share a port, and one of them loses its answers",
                "sysctl -w net.ipv4.ip_local_port_range='32768 60999', or the agent's --snat-ports");
        }
    }

    /// <param name="Hurts">The value that is worth a finding.</param>
    private sealed record Setting(string Name, string Hurts, Severity Severity, string Effect, string Remedy)
    {
        public Finding Finding => new(Severity, "sysctl", $"{Name.Replace('/', '.')} is {Hurts}", Effect, Remedy);
    }
}
