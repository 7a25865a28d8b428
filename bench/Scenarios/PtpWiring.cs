using System.Net;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Bench.Scenarios;

/// <summary>
/// Pods as the ptp plugin with ipMasq connects them: a veth each, a /32 route on the host, masquerading by iptables, which
/// makes the node track connections; routes between the nodes.
/// </summary>
internal sealed class PtpWiring(TwoNodes nodes)
{
    private int _count;

    /// <summary>The kernel's routes to the other node's pods.</summary>
    public void RouteNodes()
    {
        foreach (var (node, peer) in ((LabNode, LabNode)[])[(nodes.A, nodes.B), (nodes.B, nodes.A)])
        {
            TwoNodes.Ip(node.Namespace, $"route add {peer.PodCidrs[0]} via {peer.IPv4} dev {TwoNodes.Cable} onlink");
        }
    }

    public PeerPod Add(LabNode node)
    {
        var number = ++_count;
        var range = IPNetwork.Parse(node.PodCidrs[0]);
        var (gateway, address) = (At(range, 1), At(range, 1 + number));
        var name = nodes.NamespaceName($"q{number}");
        using var pod = NetworkNamespace.Create(name);
        TwoNodes.Ip(node.Namespace, $"link add veth{number} type veth peer name eth0 netns {name}");
        TwoNodes.Ip(
            node.Namespace,
            $"addr add {gateway}/32 dev veth{number}",
            $"link set veth{number} up",
            $"route add {address}/32 dev veth{number} scope host");
        TwoNodes.Ip(
            pod,
            "link set lo up",
            $"addr add {address}/{range.PrefixLength} dev eth0 noprefixroute",
            "link set eth0 up",
            $"route add {gateway}/32 dev eth0 scope link src {address}",
            $"route add {range} via {gateway} dev eth0 src {address}",
            $"route add default via {gateway} dev eth0");
        Masquerade(node, address, range, $"CNI-{number:x24}");
        return new PeerPod(node, pod.Path, address);
    }

    private static void Masquerade(LabNode node, IPAddress address, IPNetwork range, string chain) =>
        IptablesRules.Restore(node.Namespace, $"""
            *nat
            :{chain} - [0:0]
            -A POSTROUTING -s {address}/32 -m comment --comment "name: \"bench\" id: \"{chain}\"" -j {chain}
            -A {chain} -d {range} -m comment --comment "name: \"bench\" id: \"{chain}\"" -j ACCEPT
            -A {chain} -d 10.244.0.0/16 -m comment --comment "name: \"bench\" id: \"{chain}\"" -j ACCEPT
            -A {chain} ! -d 224.0.0.0/4 -m comment --comment "name: \"bench\" id: \"{chain}\"" -j MASQUERADE
            COMMIT

            """);

    private static IPAddress At(IPNetwork range, int offset)
    {
        var bytes = range.BaseAddress.GetAddressBytes();
        bytes[3] += (byte)offset;
        return new IPAddress(bytes);
    }
}
