using System.Net;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>
/// How this host's processes get to services' load balancer addresses and externalIPs, computed. The routes are in a table of their own, which is
/// asked only for what processes send to a TCP, UDP or SCTP port: other look-ups, also those of programs, find the way that such an address has
/// without the service, and take it for ports that no service has.
/// </summary>
internal static class ExternalRoutePlan
{
    private const string OwnPackets = "lo";
    private const ushort LastPort = 65534; // the last that a rule can have

    private static readonly byte[] IpProtocols = [6, 17, 132];

    /// <summary>
    /// <paramref name="mtu"/> in bytes, null: the device's. Addresses that must keep their way are left out; those that no service should have are
    /// named in <paramref name="problems"/>.
    /// </summary>
    public static IReadOnlyList<Route> Routes(
        NodeInputs inputs, IReadOnlySet<IPAddress> addresses, IReadOnlySet<IPAddress> apiServers, int hostIndex, Func<bool, int?> mtu,
        ICollection<string> problems)
    {
        var own = inputs.Host.Addresses.Select(a => a.Address).ToHashSet();
        var nodes = inputs.Peers.Append(inputs.Own).SelectMany(n => n.InternalIPs).ToHashSet();
        var pods = inputs.Peers.Append(inputs.Own).SelectMany(n => n.PodCidrs).ToList();
        var routes = new List<Route>(addresses.Count);
        foreach (var address in addresses.OrderBy(a => a.ToString(), StringComparer.Ordinal))
        {
            // Nodes serve their own addresses; service ranges are routed as a whole.
            if (own.Contains(address) || nodes.Contains(address) || inputs.ServiceCidrs.Any(c => c.Contains(address)))
            {
                continue;
            }
            var why = apiServers.Contains(address) ? "the API is reached there"
                : RangeCheck.Reserved(address) is { } range ? $"{range} is reserved"
                : pods.Where(c => c.Contains(address)).Select(c => $"it is one of the pod range {c}").FirstOrDefault();
            if (why is not null)
            {
                problems.Add($"service address {address} is not served to this host's processes: {why}; give the Service another");
            }
            else if (inputs.Own.InternalIP(address.IsIPv4()) is not null)
            {
                routes.Add(RoutePlan.ThroughDatapath(inputs.Own, address.ToNetwork(), hostIndex, mtu(address.IsIPv4())) with { Table = NetworkNames.ExternalTable });
            }
        }
        return routes;
    }

    /// <summary>None where nothing is routed: then look-ups cost nothing.</summary>
    public static IReadOnlyList<RoutingRule> Rules(IReadOnlyList<Route> routes) =>
    [
        .. from ipv4 in routes.Select(r => r.IsIPv4).Distinct()
           from protocol in IpProtocols
           select new RoutingRule
           {
               IsIPv4 = ipv4,
               Priority = NetworkNames.ExternalRulePriority,
               Table = NetworkNames.ExternalTable,
               IncomingInterface = OwnPackets,
               IpProtocol = protocol,
               DestinationPorts = (1, LastPort),
           },
    ];
}
