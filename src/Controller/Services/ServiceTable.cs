using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Netweir.Kube;
using Netweir.Maps;
using Service = Netweir.Kube.Service;

namespace Netweir.Controller.Services;

/// <summary>A Service's snapshot to what the maps should have for it. Pure.</summary>
internal static class ServiceTable
{
    public static DesiredService Compute(ServiceSnapshot snapshot, ThisNode node, ServiceOptions options)
    {
        if (snapshot.Service is not { } service)
        {
            return new DesiredService(snapshot.Key, []);
        }

        var facts = ServiceFacts.Of(service, options);
        var ports = new List<DesiredPort>();
        var localReady = facts.Families.ToDictionary(f => f, _ => new HashSet<IPAddress>());
        foreach (var port in service.Spec.Ports)
        {
            if (Protocols.Number(port.Protocol) is { } protocol && port.Port is > 0 and <= ushort.MaxValue)
            {
                ports.Add(Port(snapshot, service, facts, port, protocol, node, localReady));
            }
        }

        if (ports.Count == 0)
        {
            return new DesiredService(snapshot.Key, []) { Ignored = ServiceOddities.Of(snapshot, facts) };
        }

        ports[0] = ports[0] with { Frontends = [.. facts.ClusterIPs.Select(a => DesiredFrontend.Marker(Address.From(a))), .. ports[0].Frontends] };

        // The API refuses duplicates; a server that lets them through must not stop everything else.
        return new DesiredService(snapshot.Key, ports.Count < 2 ? ports : [.. ports.DistinctBy(p => p.Key)])
        {
            HealthCheck = HealthCheck(snapshot.Key, service, localReady.Values.Select(a => a.Count).DefaultIfEmpty(0).Max()),
            ExternalAddresses = [.. facts.LoadBalancerIPs.Concat(facts.ExternalIPs).Where(a => localReady.ContainsKey(a.AddressFamily)).Distinct()],
            Ignored = ServiceOddities.Of(snapshot, facts),
        };
    }

    private static DesiredPort Port(
        ServiceSnapshot snapshot, Service service, ServiceFacts facts, ServicePort port, byte protocol, ThisNode node,
        Dictionary<AddressFamily, HashSet<IPAddress>> localReady)
    {
        var backends = new Dictionary<FrontendKey, BackendFlag>();
        var frontends = new List<DesiredFrontend>();
        foreach (var (family, ready) in localReady)
        {
            var candidates = SliceMerge.Candidates(snapshot.Slices, port, family, node);
            ready.UnionWith(candidates.Where(c => c.Local && c.Ready).Select(c => c.Address));
            var policy = TrafficPolicy.Of(service, facts, port, family);
            var selected = EndpointSelection.Select(candidates, policy, node);
            frontends.AddRange(new FamilyFrontends(family, port, protocol, facts, policy, selected).All());
            backends.EnsureCapacity(backends.Count + candidates.Count);
            Mark(backends, candidates.Where(c => c.KeepsFlows(protocol)), protocol, BackendFlag.None);
            Mark(backends, selected.Cluster, protocol, BackendFlag.ClusterList);
            Mark(backends, selected.Local, protocol, BackendFlag.LocalList);
        }

        return new DesiredPort
        {
            Key = new ServicePortKey(snapshot.Key, port.Name, protocol),
            Port = (ushort)port.Port,
            Backends = Listed(backends),
            Frontends = frontends.Count < 2 ? frontends : [.. frontends.DistinctBy(f => f.Key)],
            SourceRanges = facts.SourceRangesAt(node),
        };
    }

    private static void Mark(Dictionary<FrontendKey, BackendFlag> backends, IEnumerable<BackendCandidate> candidates, byte protocol, BackendFlag list)
    {
        foreach (var candidate in candidates)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(backends, Keys.Of(candidate.Address, candidate.Port, protocol), out _) |= list;
        }
    }

    private static DesiredBackend[] Listed(Dictionary<FrontendKey, BackendFlag> backends)
    {
        var all = new DesiredBackend[backends.Count];
        var next = 0;
        foreach (var (key, lists) in backends)
        {
            all[next++] = new DesiredBackend(key, lists);
        }

        return all;
    }

    private static HealthCheckNodePort? HealthCheck(ObjectKey key, Service service, int localEndpoints) =>
        service.Spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local", HealthCheckNodePort: > 0 and <= ushort.MaxValue }
            ? new HealthCheckNodePort(key, (ushort)service.Spec.HealthCheckNodePort, localEndpoints)
            : null;
}
