using System.Net;
using Netweir.Maps;
using Netweir.Support.Lab;

namespace Netweir.Controller.Tests;

/// <summary>A map that is full refuses what is new, whole, says so, leaves all others as they are, and takes it when there is room.</summary>
public sealed class AgentFullMapTests : IDisposable
{
    private const int Most = 8;
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Theory]
    [InlineData("nw_services", 3)]
    [InlineData("nw_frontends", 10)]
    [InlineData("nw_slots", 5)]
    [InlineData("nw_backends", 7)]
    [InlineData("nw_backend_refs", 7)]
    [InlineData("nw_source_ranges", 5)]
    public void A_service_that_finds_no_room_is_refused_whole_and_comes_in_when_another_goes(string map, int size)
    {
        _agent.Ready("--map-size", $"{map}={size}");
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        var there = new List<int>();
        var refused = 0;
        while (refused == 0)
        {
            var number = there.Count + 1;
            Assert.InRange(number, 1, Most);
            Apply(number);
            _agent.WaitFor(() => IsWhole(maps, number) || Events("MapFull").Count > 0, 10, $"decided about service {number}");
            if (IsWhole(maps, number))
            {
                there.Add(number);
            }
            else
            {
                refused = number;
            }
        }

        Assert.InRange(there.Count, 2, Most - 1);
        var told = Assert.Single(Events("MapFull"));
        Assert.Equal($"svc-{refused}", told["regarding"]!["name"]!.ToString());
        Assert.Contains($"{map} has no room left for it (size {size})", told["note"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains($"--map-size {map}=N", told["note"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains($"[!] service default/svc-{refused} is not programmed: {map} has no room left", _agent.Get("/readyz"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", _agent.Get("/readyz"), StringComparison.Ordinal);
        Assert.Equal(1, _agent.Metric("netweir_services_refused"));
        Assert.All(there, n => Assert.True(IsWhole(maps, n), $"service {n} is not whole"));
        // If its endpoints came after it, it was there without any, and stays so.
        Assert.True(IsAbsent(maps, refused) || (IsWhole(maps, refused, backends: 0) && !HasBackends(maps, refused)), "the refused service is in the maps by half");

        _agent.Api.Delete("services", "default", $"svc-{there[0]}");
        _agent.WaitFor(() => IsWhole(maps, refused), 10, "serving the one that was refused");
        Assert.All(there.Skip(1), n => Assert.True(IsWhole(maps, n), $"service {n} is not whole"));
        _agent.WaitFor(() => Events("Programmed").Count == 1, 10, "telling that all is well");
        Assert.DoesNotContain("[!] service", _agent.Get("/readyz"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_nw_nodes_costs_names_and_no_way()
    {
        _agent.Ready("--map-size", "nw_nodes=1");
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        _agent.Apply("third", "10.0.0.3", "10.244.2.0/24");

        _agent.WaitFor(() => _agent.Get("/readyz").Contains("[-] maps: nw_nodes has room for 0 of 1 new entries", StringComparison.Ordinal), 10, "told of");
        Assert.Contains("--map-size nw_nodes=N", _agent.Get("/readyz"), StringComparison.Ordinal);
        Assert.True(HasWay(maps, "10.244.2.0/24"));
        Assert.Contains(_agent.Node.OwnRoutes(), r => r.Destination.ToString() == "10.244.2.0/24");

        _agent.Api.Delete("nodes", "", "peer");
        _agent.WaitFor(() => maps.Nodes.TryLookup(Address.Parse("10.0.0.3"), out var node) && node.Name.ToString() == "third", 10, "aware of the third node's name");
        _agent.WaitReady();
    }

    [Fact]
    public void A_full_nw_ipcache_leaves_out_new_peers_and_takes_them_when_others_go()
    {
        const int Size = 24;
        _agent.Ready("--map-size", $"nw_ipcache={Size}");
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        var peers = Enumerable.Range(10, 20).ToList();
        peers.ForEach(n => _agent.Apply($"peer-{n}", $"10.0.0.{n}", $"10.244.{n}.0/24"));

        _agent.WaitFor(() => _agent.Get("/readyz").Contains("[-] maps: nw_ipcache has room for ", StringComparison.Ordinal), 10, "told of");
        Assert.Contains("--map-size nw_ipcache=N", _agent.Get("/readyz"), StringComparison.Ordinal);
        Assert.Equal(Size, maps.Ipcache.Entries().Count());
        Assert.True(HasWay(maps, "10.244.1.0/24"), "the peer of before is gone");
        Assert.True(HasWay(maps, "10.96.0.0/16"), "the service range is gone");
        var left = peers.Where(n => !HasWay(maps, $"10.244.{n}.0/24")).ToList();
        Assert.NotEmpty(left);

        peers.Except(left).ToList().ForEach(n => _agent.Api.Delete("nodes", "", $"peer-{n}"));
        left.Skip(3).ToList().ForEach(n => _agent.Api.Delete("nodes", "", $"peer-{n}"));
        _agent.WaitFor(() => left.Take(3).All(n => HasWay(maps, $"10.244.{n}.0/24")), 40, "aware of the peers that had no room");
        _agent.WaitReady();
    }

    [Fact]
    public void A_full_nw_uplinks_is_told()
    {
        Command.Run(["ip", "link", "add", "second", "type", "veth", "peer", "name", "other"], _agent.Node.Namespace).Checked();
        Command.Run(["ip", "link", "set", "second", "up"], _agent.Node.Namespace).Checked();
        _agent.ApplyServiceCidr("10.96.0.0/16");
        _agent.Apply("own", "10.0.0.1", "10.244.0.0/24");
        _agent.Start("--map-size", "nw_uplinks=1", "--uplink", "eth0", "--uplink", "second");
        using var maps = Opened();

        _agent.WaitFor(() => _agent.Get("/readyz").Contains("[-] maps: nw_uplinks has room for 1 of 2 new entries", StringComparison.Ordinal), 30, "told of");
        Assert.Contains("--map-size nw_uplinks=N", _agent.Get("/readyz"), StringComparison.Ordinal);
        Assert.Single(maps.Uplinks.Entries());
    }

    private NetweirMaps Opened()
    {
        _agent.WaitFor(() => Directory.Exists(Path.Combine(_agent.Root, "maps")) && _agent.Get("/readyz").Contains("[+] programs", StringComparison.Ordinal), 60, "loaded");
        return NetweirMaps.OpenPinned(_agent.Root);
    }

    private List<System.Text.Json.Nodes.JsonObject> Events(string reason) => [.. _agent.Api.Store.All("events").Where(e => e["reason"]!.ToString() == reason)];

    private static bool HasWay(NetweirMaps maps, string cidr) => maps.Ipcache.TryLookup(IpcachePlan.Key(IPNetwork.Parse(cidr)), out _);

    private static FrontendKey Key(string address, int port) => new() { Address = Address.Parse(address), Port = Be16.From((ushort)port), Protocol = 6 };

    /// <summary>ClusterIP, load balancer address with a source range, two backends.</summary>
    private static bool IsWhole(NetweirMaps maps, int number, uint backends = 2)
    {
        foreach (var address in new[] { $"10.96.0.{number}", $"203.0.113.{number}" })
        {
            if (!maps.Frontends.TryLookup(Key(address, 80), out var frontend) || frontend.Inside.Count != backends
                || !maps.Services.TryLookup(frontend.Service, out var service) || service.Name.ToString() != $"svc-{number}")
            {
                return false;
            }
            for (var i = 0u; i < backends; i++)
            {
                if (!maps.Slots.TryLookup(frontend.Inside.Base + i, out var place) || !maps.Backends.TryLookup(place, out var backend)
                    || !backend.Address.ToString().StartsWith($"10.244.1{number}.", StringComparison.Ordinal)
                    || !maps.BackendRefs.TryLookup(Key(backend.Address.ToString(), 8080), out _))
                {
                    return false;
                }
            }
        }
        return maps.SourceRanges.Entries().Any(r => r.Key.Address.ToString() == $"192.0.{number}.0");
    }

    private static bool IsAbsent(NetweirMaps maps, int number) =>
        !maps.Frontends.Entries().Any(f => f.Key.Address.ToString() == $"10.96.0.{number}" || f.Key.Address.ToString() == $"203.0.113.{number}")
        && !maps.Services.Entries().Any(s => s.Value.Name.ToString() == $"svc-{number}")
        && !HasBackends(maps, number)
        && !maps.SourceRanges.Entries().Any(r => r.Key.Address.ToString() == $"192.0.{number}.0");

    private static bool HasBackends(NetweirMaps maps, int number) =>
        maps.Backends.Entries().Any(b => b.Value.Service != 0 && b.Value.Address.ToString().StartsWith($"10.244.1{number}.", StringComparison.Ordinal))
        || maps.BackendRefs.Entries().Any(r => r.Key.Address.ToString().StartsWith($"10.244.1{number}.", StringComparison.Ordinal));

    private void Apply(int number)
    {
        _agent.Api.Apply(
            $$"""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata:
              name: svc-{{number}}-x
              namespace: default
              labels: {kubernetes.io/service-name: svc-{{number}}}
            addressType: IPv4
            ports: [{name: "", port: 8080, protocol: TCP}]
            endpoints:
            - addresses: [10.244.1{{number}}.1]
              conditions: {ready: true}
            - addresses: [10.244.1{{number}}.2]
              conditions: {ready: true}
            """);
        _agent.Api.Apply(
            $$"""
            apiVersion: v1
            kind: Service
            metadata: {name: svc-{{number}}, namespace: default}
            spec:
              type: LoadBalancer
              clusterIP: 10.96.0.{{number}}
              clusterIPs: [10.96.0.{{number}}]
              loadBalancerSourceRanges: ["192.0.{{number}}.0/24"]
              ports: [{port: 80, protocol: TCP}]
            status:
              loadBalancer:
                ingress:
                - ip: 203.0.113.{{number}}
                  ipMode: VIP
            """);
    }
}
