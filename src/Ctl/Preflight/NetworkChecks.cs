using System.Globalization;
using System.Net;
using Netweir.Endpoints;
using Netweir.Netlink;
using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Ctl;

/// <summary>Uplinks, their MTUs, and whether this node's own networks leave room for those of pods and services.</summary>
internal sealed class NetworkChecks(NodeView node)
{
    /// <summary>Bytes that VXLAN over IPv4 puts before a packet.</summary>
    private const int VxlanOverhead = 50;

    /// <summary>Bytes: no IPv6 below (RFC 8200).</summary>
    private const int SmallestMtu = 1280;

    /// <summary>Of kubeadm and kind, of k3s and RKE2, of MicroK8s.</summary>
    private static readonly IPNetwork[] s_usual =
    [
        IPNetwork.Parse("10.96.0.0/12"), IPNetwork.Parse("10.244.0.0/16"), IPNetwork.Parse("10.42.0.0/16"), IPNetwork.Parse("10.43.0.0/16"), IPNetwork.Parse("10.1.0.0/16"),
        IPNetwork.Parse("10.152.183.0/24"),
    ];

    public IReadOnlyList<Check> All => [new("uplinks", Uplinks), new("mtu", Mtu), new("ranges", Ranges)];

    private CheckResult Uplinks() => node.NodeUplinks.Count > 0
        ? new CheckResult("uplinks", string.Join(", ", node.NodeUplinks.Select(l => l.Name)))
        : new CheckResult("uplinks", "none", new Finding(
            Attached().Length > 0 ? Severity.Warning : Severity.Error,
            "uplinks",
            "no default route leads to a device of this node",
            Attached().Length > 0 ? "only devices with the node's InternalIP are uplinks; the world is not reached" : "this node reaches nobody: there is no address on any device",
            "add a default route, or give the agent --uplink NAME (chart value args)"));

    private CheckResult Mtu()
    {
        IReadOnlyList<Link> uplinks = node.NodeUplinks;
        if (uplinks.Count == 0)
        {
            return new CheckResult("mtu", "no uplink");
        }

        int smallest = uplinks.Min(l => l.Mtu);
        List<Finding> findings = [];
        if (uplinks.Any(l => l.Mtu != smallest))
        {
            findings.Add(new Finding(
                Severity.Warning, "mtu", $"uplinks differ in their MTU: {List(uplinks)}", "pods get the smallest one, also where their packets leave by another",
                $"ip link set dev NAME mtu BYTES, the same for all and lasting in the node's network configuration; or the agent's --mtu"));
        }

        if (smallest - VxlanOverhead < SmallestMtu)
        {
            findings.Add(new Finding(
                Severity.Warning, "mtu", string.Create(CultureInfo.InvariantCulture, $"the smallest MTU, {smallest}, leaves less than {SmallestMtu} bytes within VXLAN"),
                "pods that are reached over VXLAN have no IPv6", "raise the uplink's MTU to 1330 or more, or --routing=direct where nodes are neighbours"));
        }

        if (PodMtu() is { } pods && pods > smallest)
        {
            findings.Add(new Finding(
                Severity.Error, "mtu", string.Create(CultureInfo.InvariantCulture, $"pods have an MTU of {pods}, the smallest uplink {smallest}"),
                "large packets of pods are answered with 'too big' or lost", "take --mtu from the agent's options, or restart the agent when the uplink has changed, then the pods"));
        }

        return new CheckResult("mtu", $"{List(uplinks)}{(PodMtu() is { } mtu ? string.Create(CultureInfo.InvariantCulture, $", pods {mtu}") : "")}", findings);
    }

    private CheckResult Ranges()
    {
        (IReadOnlyList<IPNetwork> Known, string Source) = KnownRanges.Find(node.Places);
        Route[] attached = Attached();
        Finding[] findings =
        [
            .. Known.SelectMany(range => Overlapping(range, attached, Severity.Error, "")),
            .. Known.Count > 0 ? [] : s_usual.SelectMany(range => Overlapping(range, attached, Severity.Info, ", which many clusters use for pods or services")),
        ];
        return new CheckResult("ranges", Known.Count > 0 ? $"{string.Join(", ", Known)} ({Source})" : "not known on this node; compared with the usual ones", findings);
    }

    /// <summary>The routes to the networks that the node itself is in, not those behind bridges and tunnels of other plugins.</summary>
    private Route[] Attached()
    {
        Link[] behind = [.. node.Foreign.Devices.Select(d => d.Link), .. node.Foreign.Pods, .. node.Links.Where(l => NetworkNames.IsOwn(l.Name))];
        HashSet<int> foreign = [.. behind.Select(l => l.Index)];
        return [.. node.Routes.Where(r => r is { Protocol: RouteProtocol.Kernel, Gateway: null, LinkIndex: not 0 } && !foreign.Contains(r.LinkIndex)
            && !r.Destination.BaseAddress.IsIPv6LinkLocal && !r.Destination.BaseAddress.IsIPv6Multicast)];
    }

    private IEnumerable<Finding> Overlapping(IPNetwork range, Route[] attached, Severity severity, string usual) =>
        from route in attached
        where range.Contains(route.Destination.BaseAddress) || route.Destination.Contains(range.BaseAddress)
        select new Finding(
            severity,
            "ranges",
            $"{range}{usual}, overlaps {route.Destination}, which this node is attached to by {node.Links.FirstOrDefault(l => l.Index == route.LinkIndex)?.Name ?? "a device"}",
            "an address could be a pod's or service's as well as a neighbour's: Netweir does not use such a range, to not cut the node off",
            "another range for pods or services (kubeadm: podSubnet, serviceSubnet), or another network for the node; tell this check with --range");

    private int? PodMtu()
    {
        string directory = node.Places.Paths.RunDirectory;
        return File.Exists(Path.Combine(directory, NodeFacts.FileName)) ? NodeFacts.Read(directory).Mtu : null;
    }

    private static string List(IReadOnlyList<Link> links) => string.Join(", ", links.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Name} {l.Mtu}")));
}
