using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>What other people's networking has on this node. Reading it changes nothing and needs no other program.</summary>
public sealed record ForeignState
{
    private static readonly string[] s_agents =
        ["flanneld", "cilium-agent", "calico-node", "kindnetd", "kube-router", "antrea-agent", "weaver", "ovnkube", "aws-k8s-agent", "azure-cns"];

    public required KubeProxyRules Rules { get; init; }

    /// <summary>How a running kube-proxy shows; null without one.</summary>
    public required string? KubeProxy { get; init; }

    /// <summary>Running agents of other network plugins.</summary>
    public required IReadOnlyList<NodeProcess> Agents { get; init; }

    /// <summary>Of iptables-legacy.</summary>
    public required IReadOnlyList<string> LegacyTables { get; init; }

    public required bool HasIpvsDevice { get; init; }

    /// <summary>Virtual servers of IPVS, whoever made them.</summary>
    public required int VirtualServers { get; init; }

    /// <summary>In the runtime's order, Netweir's own included.</summary>
    public required IReadOnlyList<CniConfiguration> Configurations { get; init; }

    public required IReadOnlyList<ForeignDevice> Devices { get; init; }

    /// <summary>Interfaces of pods that run here and are another plugin's.</summary>
    public required IReadOnlyList<Link> Pods { get; init; }

    public required IReadOnlyList<ForeignProgram> Programs { get; init; }

    public required IReadOnlyList<string> Pins { get; init; }

    /// <summary>Of the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkException">The kernel refused to tell.</exception>
    public static ForeignState Read(ForeignPaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        using var netlink = Rtnetlink.Open();
        using var ruleset = NfTablesRuleset.Open();
        List<Link> links = netlink.Links.List();
        IReadOnlyList<Link> uplinks = Uplinks.Find(links, netlink.Routes.List(new RouteFilter { Table = Route.MainTable }));
        var programs = new ForeignPrograms(netlink, paths.BpfRoot);
        return new ForeignState
        {
            Rules = KubeProxyRules.Read(ruleset),
            KubeProxy = KubeProxyProcess.Find(paths.Host),
            Agents = NodeProcesses.Named(paths.Host, s_agents),
            LegacyTables = LegacyIptables.Tables(),
            HasIpvsDevice = links.Exists(l => l.Name == KubeProxyNames.IpvsDevice),
            VirtualServers = CountVirtualServers(),
            Configurations = CniConfigurations.Read(paths.CniConfDir),
            Devices = ForeignDevices.Find(links),
            Pods = ForeignPods.Find(links, netlink.Addresses.List(), [.. uplinks.Select(l => l.Index)]),
            Programs = [.. uplinks.SelectMany(programs.At)],
            Pins = ForeignPins.Find(paths.BpfFileSystem),
        };
    }

    private static int CountVirtualServers()
    {
        const string table = "/proc/thread-self/net/ip_vs";
        return File.Exists(table) ? File.ReadLines(table).Count(l => l.Split(' ')[0] is "TCP" or "UDP" or "SCTP" or "FWM") : 0;
    }
}
