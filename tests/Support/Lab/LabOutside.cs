using System.Net;
using Netweir.Netlink;

namespace Netweir.Support.Lab;

/// <summary>
/// Clients on the nodes' LAN that are no nodes: one host with many addresses, so that servers can tell them apart. It knows no way to pods;
/// the addresses of load balancers and externalIPs it sends to the node that <see cref="RouteVia"/> names.
/// </summary>
public sealed class LabOutside : LabHost
{
    /// <summary>How many addresses of each family it has.</summary>
    public const int Clients = 40;

    private LabOutside(NetworkNamespace ns)
        : base("outside", ns)
    {
    }

    /// <summary>The first one's, which is used unless a source is given.</summary>
    public IPAddress Address(bool ipv6) => Address(ipv6, 0);

    public IPAddress Address(bool ipv6, int client) => ipv6 ? LabSubnet.OutsideIPv6(client) : LabSubnet.OutsideIPv4(client);

    public void RouteVia(LabNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        using var netlink = Rtnetlink.Open(Namespace);
        foreach (var network in LabSubnet.ExternalRanges.Select(IPNetwork.Parse))
        {
            var ipv6 = network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
            netlink.Routes.Replace(new Route { Destination = network, Gateway = node.Address(ipv6), LinkIndex = netlink.Links.Get("eth0").Index, Protocol = RouteProtocol.Static });
        }
    }

    internal static LabOutside Create(string lab, LabLan lan)
    {
        var outside = new LabOutside(NetworkNamespace.Create(LabName.Namespace(lab, "out")));
        outside.Namespace.Run(() => Sysctl.Write("net/ipv6/conf/default/accept_dad", "0"));
        lan.Connect(outside.Namespace, "out", subnet: 0);
        var lines = new List<string> { "link set lo up" };
        for (var client = 0; client < Clients; client++)
        {
            // Preferred is the first: the others' lifetime is over for new connections.
            var others = client == 0 ? string.Empty : " preferred_lft 0";
            lines.Add($"addr add {LabSubnet.OutsideIPv4(client)}/24 dev eth0");
            lines.Add($"addr add {LabSubnet.OutsideIPv6(client)}/64 dev eth0 nodad{others}");
        }

        lines.Add("link set eth0 up");
        lines.Add($"route add default via {LabSubnet.RouterIPv4(0)}");
        lines.Add($"route add default via {LabSubnet.RouterIPv6(0)}");
        Command.Run(["ip", "-batch", "-"], outside.Namespace, string.Join('\n', lines) + '\n').Checked();
        return outside;
    }
}
