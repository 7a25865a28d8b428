using System.Globalization;
using Netweir.NodeState;
using Sysctl = Netweir.Netlink.Sysctl;

namespace Netweir.Ctl;

/// <summary>Kernel settings that hurt, or that one wonders about.</summary>
internal static class SysctlChecks
{
    /// <summary>The first and last port for translated sources, unless the agent is told otherwise.</summary>
    private const int FirstSnatPort = 20000, LastSnatPort = 29999;

    public static Check Check { get; } = new("kernel settings", () => Judge(Sysctl.TryRead));

    /// <param name="read">The value of a setting; null: the kernel does not have it.</param>
    internal static CheckResult Judge(Func<string, string?> read)
    {
        List<Finding> findings = [];
        AddWhen(findings, read("net/core/bpf_jit_enable") == "0", Severity.Warning, "net.core.bpf_jit_enable is 0", "programs are interpreted: several times the cost for every packet", "sysctl -w net.core.bpf_jit_enable=1");
        AddWhen(findings, read("net/ipv4/ip_forward") == "0", Severity.Info, "net.ipv4.ip_forward is 0", "none once the agent runs, which sets it to 1; a tool that sets it back cuts pods off", "see that nothing sets it: grep -r ip_forward /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d");
        AddWhen(findings, read("net/ipv4/conf/all/rp_filter") == "1", Severity.Info, "net.ipv4.conf.all.rp_filter is 1 (strict)", "none for Netweir's devices, on which the agent sets 2, the larger of the two counts", "nothing has to be done");
        AddWhen(findings, read("net/ipv6/conf/all/disable_ipv6") == "1", Severity.Warning, "net.ipv6.conf.all.disable_ipv6 is 1", "pods of a cluster with IPv6 get no connection over it on this node; of an IPv4 cluster: none", "sysctl -w net.ipv6.conf.all.disable_ipv6=0, where the cluster has IPv6");
        if (read("net/ipv4/ip_local_port_range")?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [var first, var last]
            && int.Parse(first, CultureInfo.InvariantCulture) <= LastSnatPort && int.Parse(last, CultureInfo.InvariantCulture) >= FirstSnatPort)
        {
            AddWhen(findings, true, Severity.Warning, $"net.ipv4.ip_local_port_range is {first} {last}, which overlaps the ports for translated sources ({FirstSnatPort}-{LastSnatPort})",
                "a connection of this host and one of a pod may come to share a port, and one of them loses its answers", "sysctl -w net.ipv4.ip_local_port_range='32768 60999', or the agent's --snat-ports");
        }

        return new CheckResult("kernel settings", findings.Count == 0 ? "nothing unusual" : string.Join("; ", findings.Select(f => f.What)), findings);
    }

    private static void AddWhen(List<Finding> findings, bool condition, Severity severity, string what, string effect, string remedy)
    {
        if (condition)
        {
            findings.Add(new Finding(severity, "sysctl", what, effect, remedy));
        }
    }
}
