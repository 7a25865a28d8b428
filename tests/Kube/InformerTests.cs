using System.Globalization;
using Netweir.Support.ApiServer;

namespace Netweir.Kube.Tests;

public sealed class InformerTests
{
    [Fact]
    public async Task Informer_lists_then_follows_changes_in_order()
    {
        await using var cluster = new TestCluster();
        cluster.ApplyService("a");
        var (informer, sink) = cluster.RunServices();
        await informer.Synced.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(informer.HasSynced);

        cluster.ApplyService("b");
        cluster.ApplyService("a", ",\"type\":\"NodePort\"");
        cluster.Server.Delete("services", "default", "b");

        await Eventually.Holds(() => sink.Calls.Count == 4);
        Assert.Equal(["replaced 1", "upserted b", "upserted a", "deleted b"], sink.Calls);
        Assert.Equal("NodePort", informer.Objects[new ObjectKey("default", "a")].Spec.Type);
        Assert.Single(informer.Objects);
        Assert.False(sink.Overlapped);
        Assert.Equal(1, cluster.Count("list"));
    }

    [Fact]
    public async Task Informer_with_an_empty_list_is_synced()
    {
        await using var cluster = new TestCluster();
        var (informer, sink) = cluster.RunServices();
        await informer.Synced.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["replaced 0"], sink.Calls);
    }

    [Fact]
    public async Task Informer_resumes_a_dropped_watch_from_its_bookmark()
    {
        await using var cluster = new TestCluster();
        cluster.ApplyService("a");
        var (informer, sink) = cluster.RunServices();
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);

        var elsewhere = cluster.Server.Apply("""{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}}""");
        for (var drops = 1; drops <= 20 && LastVersion(cluster) != elsewhere; drops++)
        {
            await Task.Delay(300);
            cluster.Server.Faults.DropWatches();
            await Eventually.Holds(() => cluster.Count("watch") > drops && cluster.Server.ActiveWatches == 1);
        }

        cluster.ApplyService("b");

        await Eventually.Holds(() => sink.State.ContainsKey("b"));
        Assert.Equal(["replaced 1", "upserted b"], sink.Calls);
        Assert.Equal(1, cluster.Count("list"));
        var resumed = cluster.Server.Requests.Last(r => r.Verb == "watch");
        Assert.Equal(elsewhere, LastVersion(cluster));
        Assert.Equal("true", resumed.Query("allowWatchBookmarks"));
        Assert.InRange(int.Parse(resumed.Query("timeoutSeconds"), CultureInfo.InvariantCulture), 300, 600);
    }

    private static long LastVersion(TestCluster cluster) => long.Parse(
        cluster.Server.Requests.Last(r => r.Verb == "watch").Query("resourceVersion"), CultureInfo.InvariantCulture);

    [Fact]
    public async Task Informer_misses_nothing_that_changes_while_its_watch_is_down()
    {
        await using var cluster = new TestCluster();
        cluster.ApplyService("a");
        var (_, sink) = cluster.RunServices();
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);

        cluster.Server.Faults.Next(3, Fault.Abort, "watch");
        cluster.Server.Faults.DropWatches();
        cluster.Server.Delete("services", "default", "a");
        cluster.ApplyService("b");

        await Eventually.Holds(() => sink.State.ContainsKey("b"));
        Assert.Equal(["replaced 1", "deleted a", "upserted b"], sink.Calls);
    }

    [Fact]
    public async Task Informer_goes_on_when_the_server_ends_a_watch()
    {
        await using var cluster = new TestCluster();
        var (_, sink) = cluster.RunServices(cluster.Client(options: cluster.Options with { WatchTimeout = TimeSpan.FromSeconds(1) }));
        await Eventually.Holds(() => cluster.Count("watch") >= 2);
        cluster.ApplyService("a");
        await Eventually.Holds(() => sink.State.ContainsKey("a"));
        Assert.Equal(1, cluster.Count("list"));
        Assert.Empty(cluster.Incidents);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Informer_lists_again_when_its_version_is_compacted(bool asEvent)
    {
        await using var cluster = new TestCluster();
        cluster.Server.Faults.GoneAsEvent = asEvent;
        cluster.ApplyService("a");
        var (_, sink) = cluster.RunServices();
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);

        cluster.Server.Faults.StallWatches();
        cluster.Server.Delete("services", "default", "a");
        cluster.ApplyService("b");
        cluster.Server.Store.Compact();
        cluster.Server.Faults.DropWatches();
        cluster.Server.Faults.ResumeWatches();

        await Eventually.Holds(() => sink.State.ContainsKey("b"));
        Assert.Equal(["replaced 1", "replaced 1"], sink.Calls);
        Assert.Equal(["b"], sink.State.Keys);
        Assert.Contains(cluster.Incidents, i => i.Reason == nameof(KubeErrorReason.Gone));
    }

    [Fact]
    public async Task Informer_lists_again_when_the_server_will_never_know_its_version()
    {
        await using var cluster = new TestCluster();
        var (_, sink) = cluster.RunServices();
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);
        cluster.Server.Faults.Next(1, Fault.VersionTooLarge, "watch");
        cluster.Server.Faults.DropWatches();
        await Eventually.Holds(() => sink.Calls.Count == 2);
        Assert.Equal(["replaced 0", "replaced 0"], sink.Calls);
    }

    public static TheoryData<Fault, string, string> Spoilt()
    {
        var data = new TheoryData<Fault, string, string>();
        foreach (var verb in new[] { "list", "watch" })
        {
            data.Add(Fault.InternalError, verb, nameof(KubeErrorReason.ServerError));
            data.Add(Fault.Unavailable, verb, nameof(KubeErrorReason.ServerError));
            data.Add(Fault.Garbage, verb, nameof(KubeErrorReason.InvalidResponse));
            data.Add(Fault.Forbidden, verb, nameof(KubeErrorReason.Forbidden));
            data.Add(Fault.Abort, verb, nameof(KubeErrorReason.Unreachable));
            data.Add(Fault.Stall, verb, nameof(KubeErrorReason.Timeout));
        }

        data.Add(Fault.Truncated, "list", nameof(KubeErrorReason.InvalidResponse));
        data.Add(Fault.Truncated, "watch", nameof(KubeErrorReason.Disconnected));
        data.Add(Fault.Gone, "list", nameof(KubeErrorReason.Gone));
        return data;
    }

    [Theory]
    [MemberData(nameof(Spoilt))]
    public async Task Informer_survives_spoilt_answers(Fault fault, string verb, string reason)
    {
        await using var cluster = new TestCluster();
        cluster.ApplyService("a");
        cluster.Server.Faults.Next(2, fault, verb);
        var options = cluster.Options with { RequestTimeout = TimeSpan.FromMilliseconds(fault == Fault.Stall ? 1500 : 5000) };
        var (informer, sink) = cluster.RunServices(cluster.Client(options: options));

        await informer.Synced.WaitAsync(TimeSpan.FromSeconds(10));
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);
        cluster.ApplyService("b");
        await Eventually.Holds(() => sink.State.ContainsKey("b"));
        Assert.Equal(["a", "b"], sink.State.Keys.Order());
        Assert.Equal(2, cluster.Incidents.Count(i => i.Reason == reason && i.Resource == "services"));
        Assert.Equal(3, cluster.Count(verb));
    }

    [Fact]
    public async Task Informer_waits_as_long_as_the_server_asks()
    {
        await using var cluster = new TestCluster();
        cluster.Server.Faults.Next(1, Fault.TooManyRequests, "watch");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var (_, _) = cluster.Run(KubeResources.Services, null, new InformerOptions());
        await Eventually.Holds(() => cluster.Count("watch") == 1);
        await Eventually.Holds(() => cluster.Count("watch") == 2);

        // The back-off of the tests ends at 0.2 s, which also bounds what a server may ask for.
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(190), TimeSpan.FromSeconds(5));
        Assert.Equal(1, cluster.Count("list"));
    }

    [Fact]
    public async Task Informer_leaves_a_watch_that_stalls()
    {
        await using var cluster = new TestCluster();
        var client = cluster.Client(options: cluster.Options with { WatchIdleTimeout = TimeSpan.FromMilliseconds(400) });
        var (_, sink) = cluster.RunServices(client);
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);

        cluster.Server.Faults.StallWatches();
        cluster.ApplyService("a");
        await Eventually.Holds(() => cluster.Count("watch") >= 2);
        cluster.Server.Faults.ResumeWatches();

        await Eventually.Holds(() => sink.State.ContainsKey("a"));
        Assert.Equal(["replaced 0", "upserted a"], sink.Calls);
        Assert.Contains(cluster.Incidents, i => i.Reason == nameof(KubeErrorReason.Timeout));
    }

    [Fact]
    public async Task Informer_sees_objects_enter_and_leave_its_selection()
    {
        await using var cluster = new TestCluster();
        var (informer, sink) = cluster.RunServices(query: new KubeQuery { LabelSelector = "!service.kubernetes.io/headless" });
        await informer.Synced.WaitAsync(TimeSpan.FromSeconds(10));
        const string Headless = """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"default","labels":{"service.kubernetes.io/headless":""}}}
            """;
        cluster.ApplyService("a");
        cluster.Server.Apply(Headless);
        cluster.ApplyService("a");
        await Eventually.Holds(() => sink.Calls.Count == 4);
        Assert.Equal(["replaced 0", "upserted a", "deleted a", "upserted a"], sink.Calls);
    }

    [Fact]
    public async Task Informer_treats_a_missing_resource_as_empty_and_finds_it_later()
    {
        await using var cluster = new TestCluster();
        cluster.Server.Faults.SetAbsent("servicecidrs");
        cluster.Server.Apply("""{"apiVersion":"networking.k8s.io/v1","kind":"ServiceCIDR","metadata":{"name":"kubernetes"},"spec":{"cidrs":["10.96.0.0/12","fd00:10:96::/112"]}}""");
        var (informer, sink) = cluster.Run(
            KubeResources.ServiceCidrs, null, new InformerOptions { AbsentIsEmpty = true, AbsentRecheck = TimeSpan.FromMilliseconds(200) });
        await informer.Synced.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("replaced 0", sink.Calls.First());

        cluster.Server.Faults.SetAbsent("servicecidrs", false);
        await Eventually.Holds(() => sink.State.ContainsKey("kubernetes"));
        Assert.Equal(["10.96.0.0/12", "fd00:10:96::/112"], sink.State["kubernetes"].Spec.Cidrs);
    }

    [Fact]
    public async Task Informer_ends_with_what_its_sink_throws()
    {
        await using var cluster = new TestCluster();
        var informer = new Informer<Service>(cluster.Client(), KubeResources.Services, new ThrowingSink());
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => informer.RunAsync(cluster.Token).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("sink", thrown.Message);
        Assert.True(informer.Synced.IsFaulted);
        Assert.False(informer.HasSynced);
    }

    private sealed class ThrowingSink : IInformerSink<Service>
    {
        public void Replaced(IReadOnlyCollection<Service> all) => throw new InvalidOperationException("sink");

        public void Upserted(Service obj) => throw new InvalidOperationException("unexpected");

        public void Deleted(Service obj) => throw new InvalidOperationException("unexpected");
    }
}
