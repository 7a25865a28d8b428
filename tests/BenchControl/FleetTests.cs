using System.Net;
using System.Text.Json;

namespace Netweir.Bench.Tests;

public sealed class FleetTests
{
    private static readonly FleetSize Size = new(200, 2_000, 20);

    [Fact]
    public void Objects_are_what_an_API_server_sends()
    {
        using var service = JsonDocument.Parse(FleetObjects.Service(7, 42));
        Assert.Equal(FleetAddresses.Service(7).ToString(), service.RootElement.GetProperty("spec").GetProperty("clusterIP").GetString());
        using var slice = JsonDocument.Parse(new FleetObjects(Size).Slice(7, 43, 0, null));
        Assert.Equal(10, slice.RootElement.GetProperty("endpoints").GetArrayLength());
        Assert.Equal("svc-000007", slice.RootElement.GetProperty("metadata").GetProperty("labels").GetProperty("kubernetes.io/service-name").GetString());
        using var node = JsonDocument.Parse(FleetObjects.Node(3, 44, DateTimeOffset.UnixEpoch));
        Assert.Equal("10.0.3.0/24", node.RootElement.GetProperty("spec").GetProperty("podCIDR").GetString());
    }

    [Fact]
    public void Pods_are_in_their_nodes_networks_and_each_has_its_own_address()
    {
        var pods = Enumerable.Range(0, Size.Backends).Select(p => (Node: p % Size.Nodes, Address: FleetAddresses.Pod(p, Size.Nodes))).ToList();
        Assert.Equal(pods.Count, pods.DistinctBy(p => p.Address).Count());
        Assert.All(pods, p => Assert.True(IPNetwork.Parse(FleetAddresses.PodCidr(p.Node)).Contains(p.Address)));
    }

    [Fact]
    public void A_move_replaces_one_backend()
    {
        var objects = new FleetObjects(Size);
        string[] before = Addresses(objects.Slice(5, 1, 0, null)), after = Addresses(objects.Slice(5, 2, 13, null));
        Assert.Equal(9, before.Intersect(after).Count());
        Assert.Equal(FleetAddresses.Mover(13).ToString(), Assert.Single(after.Except(before)));
    }

    [Fact]
    public void The_rival_has_the_same_services()
    {
        var lines = KubeProxyRules.For(Size).Split('\n');
        Assert.Equal(Size.Services, lines.Count(l => l.StartsWith(":KUBE-SVC-", StringComparison.Ordinal)));
        Assert.Equal(Size.Backends, lines.Count(l => l.Contains("-j DNAT", StringComparison.Ordinal)));
        Assert.All(lines, l => Assert.True(l.Split(' ')[0].Length < 29 || !l.StartsWith(':'), l));
    }

    private static string[] Addresses(byte[] slice)
    {
        using var json = JsonDocument.Parse(slice);
        return [.. json.RootElement.GetProperty("endpoints").EnumerateArray().Select(e => e.GetProperty("addresses")[0].GetString()!)];
    }
}
