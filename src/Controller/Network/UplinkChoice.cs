using System.Net;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>Which devices are uplinks.</summary>
internal static class UplinkChoice
{
    /// <summary>
    /// The <paramref name="named"/> devices; when none are named, those of default routes and those that have an InternalIP of this node.
    /// Sorted by ifindex. Named devices that do not exist are reported in <paramref name="problems"/>.
    /// </summary>
    public static IReadOnlyList<Uplink> Compute(HostFacts host, NodeFacts own, IReadOnlyList<string> named, ICollection<string> problems)
    {
        var found = named.Count > 0 ? Named(host, named, problems) : Found(host, own);
        return [.. from index in found.Order()
                   let link = host.Links.FirstOrDefault(l => l.Index == index)
                   where link is not null && !link.Flags.HasFlag(LinkFlags.Loopback) && !NetworkNames.IsOwn(link.Name)
                   select new Uplink(index, link.Name, link.Mtu, Source(host, own, index, ipv4: true), Source(host, own, index, ipv4: false))];
    }

    private static HashSet<int> Named(HostFacts host, IReadOnlyList<string> named, ICollection<string> problems)
    {
        var found = new HashSet<int>();
        foreach (var name in named)
        {
            if (host.Links.FirstOrDefault(l => l.Name == name) is { } link)
            {
                found.Add(link.Index);
            }
            else
            {
                problems.Add($"--uplink: this node has no interface '{name}'");
            }
        }
        return found;
    }

    private static HashSet<int> Found(HostFacts host, NodeFacts own)
    {
        var byRoute = host.DefaultRoutes.SelectMany(r => r.NextHops.Select(h => h.LinkIndex).Append(r.LinkIndex)).Where(i => i != 0);
        var byAddress = host.Addresses.Where(a => own.InternalIPs.Contains(a.Address)).Select(a => a.LinkIndex);
        return [.. byRoute, .. byAddress];
    }

    /// <summary>What the kernel would choose as source: an InternalIP on the device, else its first usable address, else the InternalIP.</summary>
    private static IPAddress? Source(HostFacts host, NodeFacts own, int ifindex, bool ipv4)
    {
        var candidates = host.Addresses.Where(a => a.LinkIndex == ifindex && a.Address.IsIPv4() == ipv4
            && a.Scope == RouteScope.Universe && (a.Flags & (AddressFlags.DadFailed | AddressFlags.Deprecated | AddressFlags.Tentative)) == 0)
            .OrderBy(a => a.Flags.HasFlag(AddressFlags.Secondary)).ToList();
        var preferred = candidates.Find(a => own.InternalIPs.Contains(a.Address)) ?? candidates.FirstOrDefault();
        return preferred?.Address ?? own.InternalIP(ipv4);
    }
}
