using System.Net;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>sessionAffinity: ClientIP. Twenty connections over three backends at random meet the same one with a chance below 1e-9.</summary>
public sealed class AffinityTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachWay]
    public async Task A_client_stays_with_its_backend_at_the_ClusterIP_and_at_the_node_port(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(
            s => s with { Type = LabServiceType.NodePort, AffinitySeconds = 60 }, lab.A2, lab.B1, lab.B2);
        foreach (var from in (LabHost[])[lab.A1, lab.NodeA])
        {
            var server = Assert.Single(await Expect.ServersAsync(from, service.EndPoint(ipv6)));
            Assert.Equal([server], await Expect.ServersAsync(from, service.NodePortOf(lab.NodeA, ipv6)));
        }

        Assert.Single(await Expect.ServersAsync(lab.Outside, service.NodePortOf(lab.NodeC, ipv6)));
    }

    [Theory, EachWay]
    public async Task Affinity_can_be_switched_on_and_off(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort }, lab.A2, lab.B1, lab.B2);
        foreach (var affinity in (int?[])[null, 60, null])
        {
            await lab.ChangeAsync(service with { AffinitySeconds = affinity });
            foreach (var (from, target) in ((LabHost, IPEndPoint)[])
                [(lab.A1, service.EndPoint(ipv6)), (lab.NodeB, service.EndPoint(ipv6)), (lab.Outside, service.NodePortOf(lab.NodeA, ipv6))])
            {
                var servers = await Expect.ServersAsync(from, target);
                Assert.True(servers.Count == 1 == affinity is not null, $"affinity {affinity}: {string.Join(' ', servers)} answered {from.Name}");
            }
        }
    }

    [Theory, EachWay]
    public async Task A_client_leaves_a_backend_that_is_not_ready_and_stays_with_the_next(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort, AffinitySeconds = 60 }, lab.A2, lab.B1, lab.B2);
        LabBackend[] backends = [lab.A2, lab.B1, lab.B2];
        foreach (var (from, target) in ((LabHost, IPEndPoint)[])[(lab.A1, service.EndPoint(ipv6)), (lab.Outside, service.NodePortOf(lab.NodeA, ipv6))])
        {
            var first = Assert.Single(await Expect.ServersAsync(from, target));
            await lab.SetBackendsAsync(service, [.. backends.Select(b => b.Name == first ? b.Unready : b)]);
            var second = Assert.Single(await Expect.ServersAsync(from, target));
            Assert.NotEqual(first, second);
            await lab.SetBackendsAsync(service, backends);
            Assert.Equal([second], await Expect.ServersAsync(from, target));
        }
    }

    [Theory, EachWay]
    public async Task Affinity_ends_after_its_timeout(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort, AffinitySeconds = 2 }, lab.A2, lab.B1, lab.B2);
        var before = await ChosenAsync(lab, service, ipv6);
        Assert.Equal(before, await ChosenAsync(lab, service, ipv6));
        await Task.Delay(TimeSpan.FromSeconds(2.2));
        // Twenty clients choose anew: all the same again with a chance below 1e-9.
        Assert.NotEqual(before, await ChosenAsync(lab, service, ipv6));
    }

    private static async Task<string> ChosenAsync(ServiceLab lab, LabService service, bool ipv6)
    {
        var servers = new List<string>();
        for (var client = 0; client < 20; client++)
        {
            var source = new IPEndPoint(lab.Outside.Address(ipv6, client), 0);
            servers.Add((await lab.Outside.TcpAsync(service.NodePortOf(lab.NodeA, ipv6), source)).Server);
        }

        return string.Join(' ', servers);
    }
}
