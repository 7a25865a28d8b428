using System.Net;
using Netweir.Bench.Load;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Bench.Scenarios;

/// <summary>
/// The kernel's VXLAN device as flannel sets it up: no learning, a permanent neighbour and forwarding entry for the peer, a route to its pods over
/// it, pods on the bridge cni0, flannel's iptables chains.
/// </summary>
public sealed class FlannelScenario : IScenario
{
    private const string Device = "flannel.1";
    private const int Mtu = 1450;
    private TwoNodes? _nodes;

    public string Name => "flannel";

    public async Task<IReadOnlyList<BenchPath>> SetUpAsync()
    {
        _nodes = await TwoNodes.CreateAsync(new LabOptions());
        MakeNode(_nodes.A, _nodes.B, "a", "b");
        MakeNode(_nodes.B, _nodes.A, "b", "a");
        var (client, server) = (AddPod(_nodes.A, "q1"), AddPod(_nodes.B, "q2"));
        return
        [
            new BenchPath
            {
                Name = "flannel/cross",
                Label = "flannel-like VXLAN: cross node",
                Client = client.Namespace,
                Server = server.Namespace,
                Target = new IPEndPoint(server.Address, 9001),
                ServerPort = 9001,
            },
        ];
    }

    public ValueTask DisposeAsync() => _nodes?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static void MakeNode(LabNode node, LabNode peer, string number, string peerNumber)
    {
        var (own, other) = (Range(node), Range(peer));
        TwoNodes.Ip(
            node.Namespace,
            $"link add {Device} address 02:00:00:00:00:0{number} type vxlan id 1 dev {TwoNodes.Cable} local {node.IPv4} dstport 8472 nolearning",
            $"link set {Device} mtu {Mtu} up",
            $"addr add {own.BaseAddress}/32 dev {Device}",
            $"neigh add {other.BaseAddress} lladdr 02:00:00:00:00:0{peerNumber} dev {Device} nud permanent",
            $"route add {other} via {other.BaseAddress} dev {Device} onlink",
            "link add cni0 type bridge",
            $"link set cni0 mtu {Mtu} up",
            $"addr add {Gateway(own)}/{own.PrefixLength} dev cni0");
        Command.Run(["bridge", "fdb", "add", $"02:00:00:00:00:0{peerNumber}", "dev", Device, "dst", $"{peer.IPv4}", "self", "permanent"], node.Namespace).Checked();
        IptablesRules.Restore(node.Namespace, Rules(own));
    }

    private PeerPod AddPod(LabNode node, string part)
    {
        var range = Range(node);
        var name = _nodes!.NamespaceName(part);
        using var pod = NetworkNamespace.Create(name);
        TwoNodes.Ip(
            node.Namespace,
            $"link add {part} mtu {Mtu} type veth peer name eth0 mtu {Mtu} netns {name}",
            $"link set {part} master cni0 up",
            $"link set {part} type bridge_slave hairpin on");
        var address = IPAddress.Parse(Gateway(range).ToString()[..^1] + "5");
        TwoNodes.Ip(pod, "link set lo up", $"addr add {address}/{range.PrefixLength} dev eth0", "link set eth0 up", $"route add default via {Gateway(range)} dev eth0");
        return new PeerPod(node, pod.Path, address);
    }

    private static IPNetwork Range(LabNode node) => IPNetwork.Parse(node.PodCidrs[0]);

    private static IPAddress Gateway(IPNetwork range) => IPAddress.Parse(range.BaseAddress.ToString()[..^1] + "1");

    private static string Rules(IPNetwork own) => $"""
        *nat
        :FLANNEL-POSTRTG - [0:0]
        -A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
        -A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -m comment --comment "flanneld masq" -j RETURN
        -A FLANNEL-POSTRTG -s {own} -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN
        -A FLANNEL-POSTRTG -s 10.244.0.0/16 -d {own} -m comment --comment "flanneld masq" -j RETURN
        -A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d {own} -m comment --comment "flanneld masq" -j RETURN
        -A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
        -A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
        COMMIT
        *filter
        :FLANNEL-FWD - [0:0]
        -A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD
        -A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
        -A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
        COMMIT

        """;
}
