using Netweir.Support.ApiServer;

namespace Netweir.Kube.Tests;

public sealed class EventTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public async Task An_event_is_made_with_every_field_that_the_API_asks_for()
    {
        await using var cluster = new TestCluster();

        await cluster.Client().CreateAsync(KubeResources.Events, Event("web.1"), cluster.Token);

        var made = Assert.Single(cluster.Server.Store.All("events"));
        Assert.Equal("2026-03-01T12:00:00.250000Z", made["eventTime"]!.ToString());
        Assert.Equal(("netweir.io/agent", "node1"), (made["reportingController"]!.ToString(), made["reportingInstance"]!.ToString()));
        Assert.Equal(
            """{"apiVersion":"v1","kind":"Service","namespace":"shop","name":"web","uid":"u1"}""", made["regarding"]!.ToJsonString());
        Assert.Null(made["series"]);
    }

    [Fact]
    public async Task A_series_is_patched_into_an_event()
    {
        await using var cluster = new TestCluster();
        var client = cluster.Client();
        await client.CreateAsync(KubeResources.Events, Event("web.1"), cluster.Token);

        var series = new EventSeries { Count = 3, LastObservedTime = KubeEvent.Time(Noon) };
        await client.PatchAsync(KubeResources.Events, new ObjectKey("shop", "web.1"), series.ToPatch(), cluster.Token);

        var patched = Assert.Single(cluster.Server.Store.All("events"));
        Assert.Equal("""{"count":3,"lastObservedTime":"2026-03-01T12:00:00.250000Z"}""", patched["series"]!.ToJsonString());
        Assert.Equal("MapFull", patched["reason"]!.ToString());
    }

    [Fact]
    public async Task Failed_writes_are_typed()
    {
        await using var cluster = new TestCluster();
        var client = cluster.Client();
        await client.CreateAsync(KubeResources.Events, Event("web.1"), cluster.Token);

        Assert.Equal(KubeErrorReason.AlreadyExists, await Failure(() => client.CreateAsync(KubeResources.Events, Event("web.1"), cluster.Token)));
        Assert.Equal(KubeErrorReason.Rejected, await Failure(() => client.CreateAsync(KubeResources.Events, Event("web.2") with { Action = "" }, cluster.Token)));
        Assert.Equal(KubeErrorReason.NotFound, await Failure(
            () => client.PatchAsync(KubeResources.Events, new ObjectKey("shop", "gone"), "{}"u8.ToArray(), cluster.Token)));
        cluster.Server.Faults.Next(1, Fault.Forbidden, "create");
        Assert.Equal(KubeErrorReason.Forbidden, await Failure(() => client.CreateAsync(KubeResources.Events, Event("web.3"), cluster.Token)));
    }

    [Fact]
    public async Task A_write_goes_to_the_next_server_when_one_is_away()
    {
        await using var cluster = new TestCluster();
        var config = cluster.Config();
        using var away = new System.Net.Sockets.TcpListener(TestCluster.Apart);
        away.Start();
        var address = away.LocalEndpoint;
        away.Stop();

        await cluster.Client(config.WithServers([$"https://{address}", .. config.Servers.Select(s => s.AbsoluteUri)]))
            .CreateAsync(KubeResources.Events, Event("web.1"), cluster.Token);

        Assert.Single(cluster.Server.Store.All("events"));
    }

    private static async Task<KubeErrorReason> Failure(Func<Task> request) => (await Assert.ThrowsAsync<KubeException>(request)).Reason;

    private static KubeEvent Event(string name) => new()
    {
        Metadata = new ObjectMeta { Namespace = "shop", Name = name },
        EventTime = KubeEvent.Time(Noon),
        ReportingController = "netweir.io/agent",
        ReportingInstance = "node1",
        Action = "Program",
        Reason = "MapFull",
        Regarding = new EventReference { ApiVersion = "v1", Kind = "Service", Namespace = "shop", Name = "web", Uid = "u1" },
        Note = "nw_backends is full; see docs",
        Type = "Warning",
    };
}
