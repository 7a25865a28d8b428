using System.Net;
using Netweir.Netlink;

namespace Netweir.Support.Lab;

/// <summary>
/// The network around the nodes: a bridge, a router, and behind it the world, which knows no way back to pods. The API server lives here.
/// </summary>
public sealed class LabLan : LabHost
{
    /// <summary>Where the world's server listens.</summary>
    public const int WorldPort = 7000;
    private const string Bridge = "lan0";

    private LabLan(string name, NetworkNamespace ns)
        : base(name, ns)
    {
    }

    /// <summary>A server outside of the cluster.</summary>
    public IPEndPoint WorldIPv4 { get; } = new(LabSubnet.WorldIPv4, WorldPort);

    public IPEndPoint WorldIPv6 { get; } = new(LabSubnet.WorldIPv6, WorldPort);

    /// <summary>A load balancer outside of the cluster, which answers for itself as the world does.</summary>
    public static IReadOnlyList<IPAddress> BalancerIPs { get; } = [LabSubnet.BalancerIPv4, LabSubnet.BalancerIPv6];

    public static IPEndPoint ApiEndPoint { get; } = new(LabSubnet.RouterIPv4(0), 6443);

    public IPEndPoint World(bool ipv6) => ipv6 ? WorldIPv6 : WorldIPv4;

    internal static async Task<LabLan> CreateAsync(string lab)
    {
        var lan = new LabLan("world", NetworkNamespace.Create(LabName.Namespace(lab, "lan")));
        lan.Namespace.Run(() =>
        {
            Sysctl.Write("net/ipv6/conf/default/accept_dad", "0");
            Sysctl.Write("net/ipv4/ip_forward", "1");
            Sysctl.Write("net/ipv6/conf/all/forwarding", "1");
        });
        lan.Ip(
            "link set lo up",
            $"link add {Bridge} type bridge mcast_snooping 0",
            $"link set {Bridge} up",
            $"addr add {LabSubnet.RouterIPv4(0)}/24 dev {Bridge}",
            $"addr add {LabSubnet.RouterIPv6(0)}/64 dev {Bridge} nodad",
            $"addr add {LabSubnet.WorldIPv4}/32 dev lo",
            $"addr add {LabSubnet.WorldIPv6}/128 dev lo nodad",
            $"addr add {LabSubnet.BalancerIPv4}/32 dev lo",
            $"addr add {LabSubnet.BalancerIPv6}/128 dev lo nodad");
        await lan.ServeAsync([lan.WorldIPv4, lan.WorldIPv6, .. BalancerIPs.Select(a => new IPEndPoint(a, LabService.Port))]);
        return lan;
    }

    /// <summary>A cable from the LAN (subnet 0: from its bridge) to <c>eth0</c> in the node's namespace.</summary>
    internal void Connect(NetworkNamespace node, string port, int subnet)
    {
        using (var netlink = Rtnetlink.Open(Namespace))
        {
            netlink.Links.CreateVeth(new VethSpec { Name = port, PeerName = "eth0", PeerNamespace = node });
        }

        if (subnet == 0)
        {
            Ip($"link set {port} master {Bridge} up");
            return;
        }

        Ip($"addr add {LabSubnet.RouterIPv4(subnet)}/24 dev {port}", $"addr add {LabSubnet.RouterIPv6(subnet)}/64 dev {port} nodad", $"link set {port} up");
    }

    private void Ip(params string[] lines) => Command.Run(["ip", "-batch", "-"], Namespace, string.Join('\n', lines) + '\n').Checked();
}
