using System.Diagnostics.Metrics;
using Netweir.Controller.Services;
using Netweir.Kube;

namespace Netweir.Controller.Tests.Services;

/// <summary>Where the numbers under kube-proxy's names come from.</summary>
public sealed class KubeProxyServicesTests
{
    private readonly Agent _agent = new(new FakeKernel().Open());

    [Fact]
    public void Ports_that_drop_for_want_of_a_local_endpoint_are_counted_by_policy()
    {
        Service[] services =
        [
            Policy("internal", s => s with { InternalTrafficPolicy = "Local" }),
            Policy("external", s => s with { Type = "NodePort", ExternalTrafficPolicy = "Local" }),
            Policy("cluster", s => s),
            Policy("empty", s => s with { InternalTrafficPolicy = "Local" }),
        ];
        _agent.Start(services, [Elsewhere("internal"), Elsewhere("external"), Elsewhere("cluster")]);
        Assert.Equal(new NoLocalEndpoints(1, 1), _agent.Reconciler.NoLocal);

        _agent.Slices.Upserted(Make.Slice("internal", "b", Make.Ready("10.244.0.9") with { NodeName = Agent.NodeName }));
        _agent.Services.Deleted(services[1]);
        _agent.Sync();

        Assert.Equal(new NoLocalEndpoints(0, 0), _agent.Reconciler.NoLocal);
    }

    [Fact]
    public void Changes_are_pending_until_a_turn_takes_them_up()
    {
        _agent.Start([Policy("web", s => s)], [Elsewhere("web")]);
        Assert.Equal((1, 1, 0, 0), Counts());

        _agent.Slices.Upserted(Make.Slice("web", "b", Make.Ready("10.244.1.2")));
        _agent.Slices.Upserted(Make.Slice("web", "c", Make.Ready("10.244.1.3")));
        _agent.Services.Deleted(Policy("web", s => s));
        Assert.Equal((2, 3, 1, 1), Counts());

        _agent.Sync();

        Assert.Equal((2, 3, 0, 0), Counts());
    }

    [Fact]
    public void Programming_is_timed_from_the_change_unless_that_was_before_the_start()
    {
        var seen = new List<double>();
        var here = Environment.CurrentManagedThreadId;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "kubeproxy_network_programming_duration_seconds")
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        // The instrument is the process's: other tests record on their own threads.
        listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => seen.AddRange(Environment.CurrentManagedThreadId == here ? [seconds] : []));
        listener.Start();
        var clock = new StoppedClock();
        var agent = new Agent(new FakeKernel().Open(), clock);
        agent.Start([Policy("web", s => s)], [Triggered("old", clock.Now.AddSeconds(-5))]);

        agent.Slices.Upserted(Triggered("new", clock.Now));
        clock.Now += TimeSpan.FromSeconds(1.5);
        agent.Sync();

        Assert.Equal([1.5], seen);
    }

    [Fact]
    public void Programming_is_counted_in_kube_proxys_buckets()
    {
        var bounds = ServicesMetrics.KubeProxyNetworkProgrammingDuration.Advice!.HistogramBucketBoundaries!;

        Assert.Equal([0.25, 0.5, 1, 2, 3], bounds.Take(5));
        Assert.Equal([59, 60, 65, 70], bounds.Skip(60).Take(4));
        Assert.Equal([115, 120, 150, 180, 210, 240, 270, 300], bounds.Skip(72));
        Assert.Equal(bounds.Order(), bounds);
    }

    private (long, long, int, int) Counts() => (
        _agent.Store.ServiceChanges.Total, _agent.Store.EndpointChanges.Total, _agent.Store.ServiceChanges.Pending, _agent.Store.EndpointChanges.Pending);

    private static EndpointSlice Triggered(string suffix, DateTimeOffset time)
    {
        var slice = Make.Slice("web", suffix, Make.Ready("10.244.1.7"));
        return slice with
        {
            Metadata = slice.Metadata with
            {
                Annotations = new Dictionary<string, string>
                {
                    ["endpoints.kubernetes.io/last-change-trigger-time"] = time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                },
            },
        };
    }

    private static EndpointSlice Elsewhere(string service) => Make.Slice(service, "a", Make.Ready("10.244.1.1") with { NodeName = "there" });

    private static Service Policy(string name, Func<ServiceSpec, ServiceSpec> change)
    {
        var service = Make.Service(name, [$"10.96.0.{(int)name[1]}"], Make.Port(80) with { NodePort = name == "external" ? 30080 : 0 });
        return service with { Spec = change(service.Spec) };
    }
}
