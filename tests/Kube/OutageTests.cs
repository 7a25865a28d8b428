using Netweir.Support.ApiServer;

namespace Netweir.Kube.Tests;

/// <summary>The API is gone for an hour of the client's clock.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task An_hour_without_the_API_costs_a_bounded_number_of_attempts_and_no_state()
    {
        using var authority = new TestAuthority("shared");
        await using var cluster = new TestCluster(new TestApiServerOptions { Authority = authority });
        var first = TestApiServer.Start(new TestApiServerOptions { Store = cluster.Server.Store, Authority = authority, EndPoint = TestCluster.Apart });
        cluster.ApplyService("kept");
        cluster.ApplyService("changed", ",\"type\":\"ClusterIP\"");
        cluster.ApplyService("removed");
        var time = new RushingTime();
        var sink = new RecordingSink<Service>();
        var options = new KubeClientOptions { RequestTimeout = TimeSpan.FromHours(5), WatchIdleTimeout = TimeSpan.FromHours(5), ConnectTimeout = TimeSpan.FromHours(5), Time = time, OnIncident = cluster.Incidents.Enqueue };
        using var stop = new CancellationTokenSource();
        using var client = new RawClient(cluster.Config().WithServers([first.Address.AbsoluteUri]), options);
        var informer = new Informer<Service>(client, KubeResources.Services, sink);
        var running = Task.Run(() => informer.RunAsync(stop.Token));
        await informer.Synced.WaitAsync(TimeSpan.FromSeconds(10));
        await Eventually.Holds(() => first.ActiveWatches == 1);

        var began = time.Elapsed;
        first.Dispose();
        await Eventually.Holds(() => time.Elapsed - began > TimeSpan.FromHours(1), seconds: 60);
        var attempts = cluster.Incidents.Count;
        var hours = (time.Elapsed - began).TotalHours;

        // 30 s apart at most, half of that at least, once the back-off has grown.
        Assert.InRange(attempts / hours, 100, 260);
        Assert.Equal(["replaced 3"], sink.Calls);

        // Versions are too old when it is back, and objects changed meanwhile.
        cluster.ApplyService("changed", ",\"type\":\"NodePort\"");
        cluster.Server.Delete("services", "default", "removed");
        cluster.ApplyService("new");
        cluster.Server.Store.Compact();
        using var second = TestApiServer.Start(new TestApiServerOptions { Store = cluster.Server.Store, Authority = authority, EndPoint = first.EndPoint });
        await Eventually.Holds(() => sink.State.ContainsKey("new"), seconds: 30);
        Assert.Equal(["replaced 3", "replaced 3"], sink.Calls);
        Assert.Equal(["changed", "kept", "new"], sink.State.Keys.Order());
        Assert.Equal("NodePort", sink.State["changed"].Spec.Type);
        await stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData("""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":[]}""", "its kind is PodList, not serviceList")]
    [InlineData("""{"kind":"Status","apiVersion":"v1","status":"Success"}""", "its kind is Status, not serviceList")]
    [InlineData("""{"kind":7,"metadata":{"resourceVersion":"9"},"items":[]}""", "its kind is Number, not serviceList")]
    [InlineData("""{"metadata":{},"items":[]}""", "no metadata.resourceVersion")]
    [InlineData("null", "expected StartObject")]
    [InlineData("<html>", "invalid start of a value")]
    [InlineData("""{"kind":"ServiceList","metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"a"}""", "")]
    public void A_list_that_is_none_is_refused(string json, string why)
    {
        using var metrics = new KubeMetrics();
        var decoder = new ObjectDecoder<Service>(KubeResources.Services, metrics, _ => { });
        var refused = Assert.ThrowsAny<System.Text.Json.JsonException>(() => decoder.DecodeList(System.Text.Encoding.UTF8.GetBytes(json)));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_null_items_is_empty()
    {
        using var metrics = new KubeMetrics();
        var decoder = new ObjectDecoder<Service>(KubeResources.Services, metrics, _ => { });
        var list = decoder.DecodeList("""{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":null}"""u8);
        Assert.Empty(list.Items);
        Assert.Empty(list.Malformed);
    }

    [Fact]
    public void An_object_of_another_kind_in_a_watch_replaces_none_of_the_same_name()
    {
        using var metrics = new KubeMetrics();
        var incidents = new List<KubeIncident>();
        var decoder = new WatchDecoder<Service>(new ObjectDecoder<Service>(KubeResources.Services, metrics, incidents.Add), "watch services");

        var change = decoder.Decode("""{"type":"MODIFIED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"shop","resourceVersion":"9"}}}"""u8)!.Value;

        Assert.Null(change.Object);
        Assert.Equal("", change.Metadata.Name);
        Assert.Equal("services shop/web is skipped, it cannot be read: its kind is Pod, not service", Assert.Single(incidents).Message);
        Assert.NotNull(decoder.Decode("""{"type":"MODIFIED","object":{"kind":"Service","metadata":{"name":"web","namespace":"shop"}}}"""u8)!.Value.Object);
    }

    /// <summary>A clock whose waits are over at once, and which goes on by what was waited for; time limits of hours never come.</summary>
    private sealed class RushingTime : TimeProvider
    {
        private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
        private long _ticks;

        public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.Zero || dueTime > LongestWait)
            {
                return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            Interlocked.Add(ref _ticks, dueTime.Ticks);
            return System.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }
}
