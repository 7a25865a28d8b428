using System.Net;
using System.Net.Sockets;
using Netweir.Kube;
using Netweir.Maps;
using Service = Netweir.Kube.Service;

namespace Netweir.Controller.Services;

/// <summary>
/// A Service's snapshot to what the maps should have for it. Pure. Frontends: cluster addresses x ports. Other kinds of frontends (NodePort,
/// load balancer, external addresses) are further items of <see cref="Frontends"/> with the list that their traffic policy picks.
/// </summary>
internal static class ServiceTable
{
    public static DesiredService Compute(ServiceSnapshot snapshot, ThisNode node)
    {
        if (snapshot.Service is not { } service)
        {
            return new DesiredService(snapshot.Key, []);
        }

        var addresses = new List<IPAddress>();
        foreach (var text in service.Spec.Addresses)
        {
            if (IPAddress.TryParse(text, out var address))
            {
                addresses.Add(address);
            }
        }

        var ports = new List<DesiredPort>();
        foreach (var port in service.Spec.Ports)
        {
            if (Protocols.Number(port.Protocol) is { } protocol && port.Port is > 0 and <= ushort.MaxValue)
            {
                ports.Add(Port(snapshot, service, port, protocol, addresses, node));
            }
        }

        // The API refuses duplicates; a server that lets them through must not stop everything else.
        return new DesiredService(snapshot.Key, [.. ports.DistinctBy(p => p.Key)]);
    }

    private static DesiredPort Port(
        ServiceSnapshot snapshot, Service service, ServicePort port, byte protocol, List<IPAddress> addresses, ThisNode node)
    {
        var policy = TrafficPolicy.Of(service, port);
        var backends = new List<FrontendKey>();
        var frontends = new List<DesiredFrontend>();
        foreach (var family in addresses.Select(a => a.AddressFamily).Distinct())
        {
            var candidates = SliceMerge.Candidates(snapshot.Slices, port, family, node);
            backends.AddRange(Keys(candidates.Where(c => c.KeepsFlows(protocol)), protocol));
            frontends.AddRange(Frontends(port, protocol, family, addresses, policy, EndpointSelection.Select(candidates, policy, node)));
        }

        return new DesiredPort
        {
            Key = new ServicePortKey(snapshot.Key, port.Name, protocol),
            Port = (ushort)port.Port,
            Backends = [.. backends.Distinct()],
            Frontends = [.. frontends.DistinctBy(f => f.Key)],
        };
    }

    private static IEnumerable<DesiredFrontend> Frontends(
        ServicePort port, byte protocol, AddressFamily family, List<IPAddress> addresses, TrafficPolicy policy, SelectedBackends selected)
    {
        var slots = Keys(policy.InternalLocal ? selected.Local : selected.Cluster, protocol);
        var drop = slots.Length == 0 && selected.HasAny;
        foreach (var address in addresses.Where(a => a.AddressFamily == family))
        {
            yield return new DesiredFrontend(Keyed(address, (ushort)port.Port, protocol), slots, drop);
        }
    }

    private static FrontendKey[] Keys(IEnumerable<BackendCandidate> candidates, byte protocol) =>
        [.. candidates.Select(c => Keyed(c.Address, c.Port, protocol))];

    private static FrontendKey Keyed(IPAddress address, ushort port, byte protocol) =>
        new() { Address = Address.From(address), Port = Be16.From(port), Protocol = protocol };
}
