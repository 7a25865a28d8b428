using System.Diagnostics.Metrics;

namespace Netweir.Kube.Tests;

public sealed class MalformedObjectTests
{
    [Fact]
    public async Task A_malformed_object_in_a_list_costs_only_itself()
    {
        await using var cluster = new TestCluster();
        cluster.ApplyService("a");
        cluster.ApplyService("bad", ",\"ports\":\"none\"");
        cluster.ApplyService("c");
        var list = await cluster.Client().ListAsync(KubeResources.Services, KubeQuery.All, cluster.Token);
        Assert.Equal(["a", "c"], list.Items.Select(s => s.Metadata.Name));
        Assert.Equal("bad", Assert.Single(list.Malformed).Name);
        var incident = Assert.Single(cluster.Incidents);
        Assert.Equal("Malformed", incident.Reason);
        Assert.Contains("default/bad", incident.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_null_among_a_lists_items_is_left_out()
    {
        await using var cluster = new TestCluster();
        cluster.ApplyService("a", ",\"ports\":[null,{\"port\":80}]");
        var list = await cluster.Client().ListAsync(KubeResources.Services, KubeQuery.All, cluster.Token);
        Assert.Equal(80, Assert.Single(Assert.Single(list.Items).Spec.Ports).Port);
        Assert.Empty(list.Malformed);
    }

    [Fact]
    public async Task A_malformed_change_keeps_the_last_readable_state_and_the_watch()
    {
        await using var cluster = new TestCluster();
        cluster.ApplyService("a", ",\"type\":\"NodePort\"");
        var (informer, sink) = cluster.RunServices();
        await informer.Synced.WaitAsync(TimeSpan.FromSeconds(10));

        cluster.ApplyService("a", ",\"healthCheckNodePort\":{}");
        cluster.ApplyService("b");
        await Eventually.Holds(() => sink.State.ContainsKey("b"));
        Assert.Equal("NodePort", sink.State["a"].Spec.Type);
        Assert.Equal(1, cluster.Count("watch"));

        cluster.Server.Store.Compact();
        cluster.Server.Faults.DropWatches();
        await Eventually.Holds(() => cluster.Count("list") == 2 && sink.Calls.Count == 3);
        Assert.Equal("NodePort", sink.State["a"].Spec.Type);

        cluster.Server.Delete("services", "default", "a");
        await Eventually.Holds(() => !sink.State.ContainsKey("a"));
        Assert.Equal(["replaced 1", "upserted b", "replaced 2", "deleted a"], sink.Calls);
    }

    [Fact]
    public async Task Counters_tell_relists_restarts_errors_and_malformed_objects()
    {
        await using var cluster = new TestCluster();
        using var metrics = new KubeMetrics();
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, long>();
        using var listener = Listen(metrics, seen);
        cluster.ApplyService("bad", ",\"ports\":7");
        var (informer, _) = cluster.RunServices(cluster.Client(options: cluster.Options with { Metrics = metrics }));
        await informer.Synced.WaitAsync(TimeSpan.FromSeconds(10));
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);

        cluster.Server.Store.Compact();
        cluster.Server.Faults.DropWatches();
        await Eventually.Holds(() => seen.GetValueOrDefault("netweir_kube_relists services") == 2 && cluster.Server.ActiveWatches == 1);
        Assert.Equal(2, seen["netweir_kube_malformed_objects services"]);
        Assert.Equal(1, seen["netweir_kube_errors services Gone"]);
        Assert.True(seen["netweir_kube_watch_restarts services"] >= 2);
    }

    private static MeterListener Listen(KubeMetrics metrics, System.Collections.Concurrent.ConcurrentDictionary<string, long> seen)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (metrics.Owns(instrument))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var key = tags.ToArray().Aggregate(instrument.Name, (name, tag) => $"{name} {tag.Value}");
            seen.AddOrUpdate(key, value, (_, old) => old + value);
        });
        listener.Start();
        return listener;
    }
}
