using System.Diagnostics;
using System.Globalization;
using Netweir.Controller.Services;
using Netweir.Kube;
using Netweir.Maps;
using Xunit.Abstractions;
using Service = Netweir.Kube.Service;

namespace Netweir.Controller.Tests.Services;

/// <summary>The reconciler over the kernel's maps.</summary>
public sealed class KernelTests(ITestOutputHelper output)
{
    private const int Services = 10_000;
    private const int Backends = 10;

    [Fact]
    public void Ten_thousand_services_are_programmed_and_one_change_stays_small()
    {
        using var kernel = new KernelMaps();
        var services = Enumerable.Range(0, Services).Select(Service).ToArray();
        var slices = Enumerable.Range(0, Services).Select(i => Slice(i, Backends, Backends)).ToArray();
        var agent = new Agent(kernel.Open());
        var watch = Stopwatch.StartNew();

        var first = agent.Start(services, slices);
        Say("from empty", watch, first.Writes);
        Assert.Equal((Services, 0), (first.Services, first.Refused));
        Assert.Equal(Services, kernel.Maps.Frontends.Entries().Count(f => f.Value.Inside.Count == Backends));
        Assert.Equal(Services * Backends, kernel.Maps.Backends.Entries().Count(b => b.Value.Service != 0));
        Assert.Equal(Services * Backends, kernel.Maps.BackendRefs.Entries().Count(r => r.Value == 1));

        agent.Slices.Upserted(Slice(17, Backends - 1, Backends));
        watch.Restart();
        var change = agent.Sync();
        Say("one backend less", watch, change.Writes);
        Assert.InRange(change.Writes, 1, 12);

        slices[17] = Slice(17, Backends - 1, Backends);
        agent = new Agent(kernel.Open());
        watch.Restart();
        Assert.Equal(0, agent.Start(services, slices).Writes);
        Say("restart", watch, 0);

        watch.Restart();
        Assert.Equal(default((int, int)), (agent.Resync().Writes, agent.Reconciler.Refusals.Count));
        Say("resync", watch, 0);
    }

    [Fact]
    public void What_does_not_fit_the_kernels_maps_is_refused_and_the_rest_is_programmed()
    {
        using var kernel = new KernelMaps();
        var services = Enumerable.Range(0, 14).Select(Service).ToArray();
        var slices = Enumerable.Range(0, 14).Select(i => Slice(i, 10_000, 10_000)).ToArray();
        var agent = new Agent(kernel.Open());

        Assert.Equal(1, agent.Start(services, slices).Refused);
        Assert.Equal(13, kernel.Maps.Services.Entries().Count());

        agent.Services.Deleted(services[0]);
        Assert.Equal(0, agent.Sync().Refused);
        Assert.Equal(13 * 10_000, kernel.Maps.Backends.Entries().Count(b => b.Value.Service != 0));
        agent.List([], []);
        agent.Sync();
        Assert.Empty(kernel.Maps.Services.Entries());
        Assert.Empty(kernel.Maps.Frontends.Entries());
        Assert.Empty(kernel.Maps.BackendRefs.Entries());
    }

    [Fact]
    public void Every_kind_of_frontend_is_in_the_kernels_maps_survives_a_restart_and_goes_without_a_trace()
    {
        using var kernel = new KernelMaps();
        var services = Enumerable.Range(0, 40).Select(Balanced).ToArray();
        var slices = Enumerable.Range(0, 40).Select(i => Slice(i, 100, 100)).ToArray();
        var agent = new Agent(kernel.Open());
        var watch = Stopwatch.StartNew();
        var first = agent.Start(services, slices);
        Say("40 balanced services of 100 backends, half of them Maglev", watch, first.Writes);
        Assert.Equal((0, 40 * 5), (first.Refused, kernel.Maps.Frontends.Entries().Count()));
        Assert.Equal(40 * 2, kernel.Maps.SourceRanges.Entries().Count());
        Assert.Equal(20 * 4, kernel.Maps.Frontends.Entries().Count(f => f.Value.Inside.Count == 16411 && f.Value.AffinityTimeout == 10800));
        var (id, _) = kernel.Maps.Services.Entries().First();
        Assert.True(kernel.Maps.SourceRanges.TryLookup(new SourceRangeKey { PrefixLength = 160, Service = id, Address = Address.Parse("10.200.3.4") }, out _));
        Assert.False(kernel.Maps.SourceRanges.TryLookup(new SourceRangeKey { PrefixLength = 160, Service = id, Address = Address.Parse("11.200.3.4") }, out _));

        watch.Restart();
        Assert.Equal(0, new Agent(kernel.Open()).Start(services, slices).Writes);
        Say("restart", watch, 0);
        watch.Restart();
        Assert.Equal(0, agent.Resync().Writes);
        Say("resync", watch, 0);

        kernel.Maps.SourceRanges.Delete(new SourceRangeKey { PrefixLength = 136, Service = id, Address = Address.Parse("10.0.0.0") });
        kernel.Maps.SourceRanges.Update(new SourceRangeKey { PrefixLength = 96, Service = 4711, Address = Address.Parse("2001:db8::") }, 1);
        Assert.Equal(2, agent.Resync().Drift);
        Assert.Equal(40 * 2, kernel.Maps.SourceRanges.Entries().Count());

        agent.List([], []);
        agent.Sync();
        Assert.Empty(kernel.Maps.Services.Entries());
        Assert.Empty(kernel.Maps.Frontends.Entries());
        Assert.Empty(kernel.Maps.SourceRanges.Entries());
        Assert.Empty(kernel.Maps.BackendRefs.Entries());
        Assert.DoesNotContain(kernel.Maps.Backends.Entries(), b => b.Value.Service != 0);
    }

    [Fact]
    public void A_service_with_more_source_ranges_than_the_kernel_takes_is_refused_whole()
    {
        using var kernel = new KernelMaps();
        var agent = new Agent(kernel.Open());
        var ranges = Enumerable.Range(0, 70_000).Select(i => AddressOf(i) + "/32").ToArray();
        var greedy = Balanced(0);
        greedy = greedy with { Spec = greedy.Spec with { LoadBalancerSourceRanges = ranges } };

        Assert.Equal(1, agent.Start([greedy, Balanced(1)], []).Refused);
        Assert.Equal(RefusalReason.SourceRangesFull, Assert.Single(agent.Reconciler.Refusals).Reason);
        Assert.Equal(2, kernel.Maps.SourceRanges.Entries().Count());

        agent.Services.Upserted(greedy with { Spec = greedy.Spec with { LoadBalancerSourceRanges = [.. ranges.Take(65_000)] } });
        Assert.Equal(0, agent.Sync().Refused);
        Assert.Equal(65_002, kernel.Maps.SourceRanges.Entries().Count());
    }

    private static Service Balanced(int number)
    {
        var service = Service(number);
        var consistent = new Dictionary<string, string> { ["netweir.io/lb-algorithm"] = "maglev" };
        return service with
        {
            Metadata = service.Metadata with { Annotations = number % 2 == 0 ? consistent : [] },
            Spec = service.Spec with
            {
                Type = "LoadBalancer",
                Ports = [Make.Port(80) with { NodePort = 30000 + number }],
                SessionAffinity = "ClientIP",
                ExternalIPs = [$"198.51.100.{number}"],
                LoadBalancerSourceRanges = ["10.0.0.0/8", "192.0.2.0/24"],
            },
            Status = new ServiceStatus { LoadBalancer = new() { Ingress = [new() { IP = $"203.0.113.{number}" }] } },
        };
    }

    private static Service Service(int number) =>
        Make.Service(string.Create(CultureInfo.InvariantCulture, $"service-{number}"), [$"10.96.{number >> 8}.{number & 255}"], Make.Port(80));

    private static EndpointSlice Slice(int number, int backends, int stride) => Make.Slice(
        string.Create(CultureInfo.InvariantCulture, $"service-{number}"), "1",
        [.. Enumerable.Range(0, backends).Select(i => Make.Ready(AddressOf((number * stride) + i)))]);

    private static string AddressOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}");

    private void Say(string what, Stopwatch watch, int writes) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {writes} writes in {watch.Elapsed.TotalMilliseconds:F1} ms"));
}
