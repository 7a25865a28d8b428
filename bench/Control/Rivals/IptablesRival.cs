using System.Diagnostics;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>iptables-legacy-restore of a fleet's services into the empty tables of a namespace of its own.</summary>
internal static class IptablesRival
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>Milliseconds.</summary>
    public static double Restore(AgentLab lab, FleetSize size)
    {
        var rules = KubeProxyRules.For(size);
        using var ns = lab.CreateNamespace("ipt");
        var clock = Stopwatch.StartNew();
        Command.Run(["iptables-legacy-restore", "-w", "5", "--noflush"], ns, rules, timeout: Timeout).Checked();
        return clock.Elapsed.TotalMilliseconds;
    }
}
