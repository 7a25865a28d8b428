using Netweir.Support.ApiServer;

namespace Netweir.Kube.Tests;

public sealed class FailoverTests
{
    private static TestApiServer Twin(TestCluster cluster, TestAuthority authority) => TestApiServer.Start(
        new TestApiServerOptions { Store = cluster.Server.Store, Authority = authority, EndPoint = TestCluster.Apart, BookmarkInterval = TimeSpan.FromMilliseconds(100) });

    [Fact]
    public async Task Informer_goes_on_at_the_second_server_without_a_list_when_the_first_dies()
    {
        using var authority = new TestAuthority("shared");
        await using var cluster = new TestCluster(new TestApiServerOptions { Authority = authority });
        using var first = Twin(cluster, authority);
        var config = cluster.Config().WithServers([first.Address.AbsoluteUri]).WithFallbackServers([cluster.Server.Address.AbsoluteUri]);
        var (informer, sink) = cluster.RunServices(cluster.Client(config));
        await informer.Synced.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(cluster.Server.Requests);

        first.Dispose();
        cluster.ApplyService("a");
        await Eventually.Holds(() => sink.State.ContainsKey("a"));
        Assert.Equal(["replaced 0", "upserted a"], sink.Calls);
        Assert.Equal(0, cluster.Count("list"));
    }

    [Fact]
    public async Task Informer_survives_a_restart_of_the_only_server()
    {
        using var authority = new TestAuthority("shared");
        await using var cluster = new TestCluster(new TestApiServerOptions { Authority = authority });
        using var first = Twin(cluster, authority);
        var (informer, sink) = cluster.RunServices(cluster.Client(cluster.Config().WithServers([first.Address.AbsoluteUri])));
        await informer.Synced.WaitAsync(TimeSpan.FromSeconds(10));

        first.Dispose();
        await Eventually.Holds(() => cluster.Incidents.Any(i => i.Reason == nameof(KubeErrorReason.Unreachable)));
        cluster.ApplyService("a");
        using var second = TestApiServer.Start(new TestApiServerOptions { Store = cluster.Server.Store, Authority = authority, EndPoint = first.EndPoint });
        await Eventually.Holds(() => sink.State.ContainsKey("a"));
        Assert.Equal(["replaced 0", "upserted a"], sink.Calls);
    }

    [Theory]
    [InlineData(Fault.InternalError)]
    [InlineData(Fault.Unavailable)]
    [InlineData(Fault.Abort)]
    [InlineData(Fault.Stall)]
    public async Task Client_asks_the_next_server_within_the_same_request(Fault fault)
    {
        using var authority = new TestAuthority("shared");
        await using var cluster = new TestCluster(new TestApiServerOptions { Authority = authority });
        using var second = Twin(cluster, authority);
        cluster.ApplyService("a");
        cluster.Server.Faults.Next(1, fault);
        var config = cluster.Config().WithFallbackServers([second.Address.AbsoluteUri]);
        var client = cluster.Client(config, cluster.Options with { RequestTimeout = TimeSpan.FromSeconds(fault == Fault.Stall ? 2 : 5) });

        Assert.Single((await client.ListAsync(KubeResources.Services, KubeQuery.All, cluster.Token)).Items);
        await client.GetTextAsync("/healthz", cluster.Token);
        Assert.Single(cluster.Server.Requests);
        Assert.Equal(2, second.Requests.Count);
    }

    [Fact]
    public async Task Client_does_not_leave_a_server_that_refuses_for_a_reason()
    {
        using var authority = new TestAuthority("shared");
        await using var cluster = new TestCluster(new TestApiServerOptions { Authority = authority });
        using var second = Twin(cluster, authority);
        cluster.Server.Faults.Next(1, Fault.Forbidden);
        var client = cluster.Client(cluster.Config().WithFallbackServers([second.Address.AbsoluteUri]));
        await Assert.ThrowsAsync<KubeException>(() => client.GetTextAsync("/version", cluster.Token));
        Assert.Empty(second.Requests);
    }
}
