using System.Diagnostics;
using System.Globalization;
using Netweir.Kube;
using Xunit.Abstractions;

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
