using Netweir.Support.ApiServer;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>The API is gone: traffic and the plugin go on, the agents wait without spinning, and what changed meanwhile follows when it is back.</summary>
public sealed class ApiOutageTests
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task Traffic_and_pods_go_on_without_the_API_and_its_return_disturbs_nothing()
    {
        await using var lab = await LabCluster.CreateAsync(new LabOptions { OwnApiServer = true, ReadyTimeout = TimeSpan.FromSeconds(60) });
        var api = ((TestLabApi)lab.Api).Server;
        var client = await lab.AddPodAsync(lab.Nodes[0], "a1");
        var backend = await lab.AddPodAsync(lab.Nodes[1], "b1");
        var service = lab.AddService("web", backend);
        await lab.AwaitServiceAsync(service, LabCluster.AnsweredAsync);
        await using var traffic = await ConstantTraffic.StartAsync([new("from a pod", client, service.EndPoint), new("from a node", lab.Nodes[0], service.EndPoint)], rate: 10, connections: 5);

        api.Faults.Next(100_000, Fault.Abort);
        api.Faults.DropWatches();
        var asked = api.Requests.Count;
        await Task.Delay(Outage / 2);
        // While it is gone: a pod comes, is reached and goes; what the API will say when it is back changes; old versions are forgotten.
        var late = await lab.AddPodAsync(lab.Nodes[0], "late");
        Assert.Equal("b1", (await late.TcpAsync(service.EndPoint(ipv6: false))).Server);
        Assert.Equal("late", (await backend.TcpAsync(late.EndPoint(ipv6: true))).Server);
        var added = lab.AddService("added", backend);
        api.Store.Compact();
        await Task.Delay(Outage / 2);
        // Two agents with four watches each: half a second, one, two, four, eight, ... apart, less up to a half.
        Assert.InRange(api.Requests.Count - asked, 8, 8 * 9);
        foreach (var node in lab.Nodes)
        {
            Assert.Equal(200, (await node.HttpAsync(new(System.Net.IPAddress.Loopback, LabNode.HealthPort), "/readyz")).Status);
        }

        api.Faults.Heal();
        await lab.AwaitServiceAsync(added, LabCluster.AnsweredAsync);
        await Task.Delay(TimeSpan.FromSeconds(2));
        await traffic.AssertFlawlessAsync("25 s without the API", () => string.Join('\n', lab.Nodes.Select(n => n.LogTail())));
        await lab.RemovePodAsync(late);
    }
}
