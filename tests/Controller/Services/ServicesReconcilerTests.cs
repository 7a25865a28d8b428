using System.Diagnostics.Metrics;
using System.Globalization;
using Netweir.Controller.Services;
using Netweir.Kube;
using Netweir.Maps;
using Service = Netweir.Kube.Service;

namespace Netweir.Controller.Tests.Services;

public sealed class ServicesReconcilerTests
{
    private static readonly Service Web = Make.Service("web", ["10.96.0.1"], Make.Port(80));

    private readonly FakeKernel _kernel = new();

    [Fact]
    public void Nothing_is_written_before_the_store_is_synced()
    {
        var agent = new Agent(_kernel.Open());
        agent.List([Web], [Ten()]);

        Assert.Equal(default, agent.Sync());
        Assert.Equal(default, agent.Resync());
        Assert.Empty(_kernel.Log);

        agent.Store.MarkSynced();
        Assert.True(agent.Sync().Writes > 20);
    }

    [Fact]
    public void What_the_api_does_not_know_is_removed_by_the_first_pass()
    {
        new Agent(_kernel.Open()).Start([Web], [Ten()]);

        new Agent(_kernel.Open()).Start([], []);

        Assert.Empty(Picture.Of(_kernel));
    }

    [Fact]
    public void Writes_come_in_make_before_break_order()
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([Web, Make.Service("old", ["10.96.0.2"], Make.Port(80))], [Ten()]);
        agent.Slices.Upserted(Make.Slice("web", "1", Make.Ready("10.0.0.1"), Make.Ready("10.0.0.77")));
        agent.Services.Replaced([Web, Make.Service("new", ["10.96.0.3"], Make.Port(80))]);
        _kernel.Log.Clear();

        agent.Sync();

        Assert.Equal(
            [
                "update nw_services", "delete nw_frontends", "update nw_backends", "update nw_backend_epoch", "update nw_backend_refs", "update nw_backend_epoch",
                "update nw_slots", "update nw_frontends", "update nw_backend_epoch", "update nw_backends", "update nw_backend_epoch",
                "delete nw_backend_refs", "delete nw_services",
            ],
            _kernel.Log.Where((line, i) => i == 0 || _kernel.Log[i - 1] != line));
    }

    [Fact]
    public void One_backend_less_among_ten_is_at_most_twelve_writes()
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([Web], [Ten()]);

        agent.Slices.Upserted(Ten() with { Endpoints = [.. Ten().Endpoints.Skip(1)] });

        Assert.InRange(agent.Sync().Writes, 1, 12);
    }

    [Fact]
    public void Backends_that_stay_keep_place_and_generation_and_one_that_returns_has_a_new_one()
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([Web], [Ten()]);
        var before = PlaceOf("10.0.0.1");
        var other = PlaceOf("10.0.0.2");

        agent.Slices.Upserted(Ten() with { Endpoints = [.. Ten().Endpoints.Skip(1)] });
        agent.Sync();
        Assert.Equal(other, PlaceOf("10.0.0.2"));
        agent.Slices.Upserted(Ten());
        agent.Sync();

        var after = PlaceOf("10.0.0.1");
        Assert.NotEqual(before.Place, after.Place);
        Assert.True(after.Generation > before.Generation);
        Assert.Equal(other, PlaceOf("10.0.0.2"));
    }

    [Fact]
    public void Generations_go_on_counting_after_a_restart_although_their_places_are_free()
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([Web], [Ten()]);
        var last = _kernel.Backends.Content.Values.Max(b => b.Generation);
        agent.Slices.Replaced([]);
        agent.Sync();

        new Agent(_kernel.Open()).Start([Web], [Ten()]);

        Assert.All(_kernel.Backends.Content.Values.Where(b => b.Service != 0), b => Assert.True(b.Generation > last));
    }

    [Fact]
    public void A_terminating_backend_loses_its_slot_and_keeps_its_place_until_it_leaves_its_slice()
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([Web], [Make.Slice("web", "1", Make.Ready("10.0.0.1"), Make.Ready("10.0.0.2"))]);
        var before = PlaceOf("10.0.0.1");

        agent.Slices.Upserted(Make.Slice("web", "1", Make.Terminating("10.0.0.1"), Make.Ready("10.0.0.2")));
        agent.Sync();
        Assert.Equal(before, PlaceOf("10.0.0.1"));
        Assert.Equal(1u, Only().Value.Inside.Count);

        agent.Slices.Upserted(Make.Slice("web", "1", Make.Gone("10.0.0.1"), Make.Ready("10.0.0.2")));
        agent.Sync();
        Assert.Equal(before, PlaceOf("10.0.0.1"));
        Assert.Equal(1u, Only().Value.Inside.Count);

        agent.Slices.Upserted(Make.Slice("web", "1", Make.Ready("10.0.0.2")));
        agent.Sync();
        Assert.Equal("10.0.0.2", Assert.Single(_kernel.Backends.Content.Values, b => b.Service != 0).Address.ToString());
    }

    [Fact]
    public void A_changed_port_number_keeps_the_backends()
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([Web], [Ten()]);
        var before = PlaceOf("10.0.0.1");

        agent.Services.Upserted(Make.Service("web", ["10.96.0.1"], Make.Port(81)));
        agent.Sync();

        Assert.Equal(before, PlaceOf("10.0.0.1"));
        Assert.Equal(81, Only().Key.Port.Value);
        Assert.Equal(81, Assert.Single(_kernel.Services.Content).Value.Port.Value);
    }

    [Fact]
    public void Only_backends_elsewhere_drop_and_none_at_all_rejects()
    {
        var local = Web with { Spec = Web.Spec with { InternalTrafficPolicy = "Local" } };
        var agent = new Agent(_kernel.Open());
        agent.Start([local], [Ten()]);
        Assert.Equal((0u, (uint)(FrontendFlag.InsideDrop | FrontendFlag.OutsideDrop | FrontendFlag.InsideLocal | FrontendFlag.OutsideLocal)), Empty());

        agent.Slices.Replaced([]);
        agent.Sync();
        Assert.Equal((0u, (uint)(FrontendFlag.InsideLocal | FrontendFlag.OutsideLocal)), Empty());

        (uint, uint) Empty() => (Only().Value.Inside.Count, Only().Value.Flags);
    }

    [Fact]
    public void A_service_that_no_longer_fits_keeps_what_it_had_and_is_taken_when_there_is_room()
    {
        var kernel = new FakeKernel(new ServiceCapacity { Services = 8, Frontends = 8, Slots = 64, Backends = 8, SourceRanges = 8 });
        var agent = new Agent(kernel.Open());
        var events = new List<string>();
        agent.Reconciler.Refused += r => events.Add($"refused {r.Service} {r.Reason}");
        agent.Reconciler.Recovered += k => events.Add($"recovered {k}");
        agent.Start([Web, Make.Service("big", ["10.96.0.2"], Make.Port(80))], [Slice("web", 2), Slice("big", 4)]);
        var before = Picture.Of(kernel);

        agent.Slices.Upserted(Slice("web", 5));
        Assert.Equal(1, agent.Sync().Refused);
        Assert.Equal(before, Picture.Of(kernel));
        agent.Slices.Upserted(Slice("web", 5));
        agent.Sync();
        Assert.Equal(["refused default/web BackendsFull"], events);

        agent.Slices.Upserted(Slice("big", 1));
        Assert.Equal(0, agent.Sync().Refused);
        Assert.Equal(["refused default/web BackendsFull", "recovered default/web"], events);
        Assert.Equal(5, kernel.Backends.Content.Values.Count(b => kernel.Services.Content.TryGetValue(b.Service, out var s) && s.Name.ToString() == "web"));
    }

    [Fact]
    public void Of_two_services_with_one_address_the_first_keeps_it_until_it_goes()
    {
        var rival = Make.Service("rival", ["10.96.0.1"], Make.Port(80));
        var agent = new Agent(_kernel.Open());
        agent.Start([Web], []);
        agent.Services.Upserted(rival);
        agent.Sync();

        var refusal = Assert.Single(agent.Reconciler.Refusals);
        Assert.Equal(RefusalReason.Conflict, refusal.Reason);
        Assert.Contains("10.96.0.1 port 80 (TCP) belongs to default/web", refusal.Detail, StringComparison.Ordinal);

        agent.Services.Deleted(Web);
        agent.Sync();
        Assert.Empty(agent.Reconciler.Refusals);
        Assert.Equal("rival", Assert.Single(_kernel.Services.Content).Value.Name.ToString());
    }

    [Theory]
    [InlineData("update nw_services", "zoo")]
    [InlineData("update nw_frontends", "10.96.0.8")]
    [InlineData("update nw_backends", "10.0.0.3")]
    [InlineData("update nw_slots", "4 ")]
    public void A_service_whose_writes_keep_failing_is_put_back_and_refused_while_others_go_on(string write, string what)
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([Web], [Slice("web", 2)]);
        agent.Services.Upserted(Make.Service("another", ["10.96.0.9"], Make.Port(80)));
        agent.Sync();
        var before = Picture.Of(_kernel);

        agent.Services.Upserted(Make.Service("zoo", ["10.96.0.7", "10.96.0.8"], Make.Port(80)));
        agent.Slices.Upserted(Slice("zoo", 3));
        _kernel.Refuses = text => text.StartsWith($"{write} ", StringComparison.Ordinal) && text.Contains(what, StringComparison.Ordinal);
        agent.Sync();
        _kernel.Refuses = null;

        var refusal = Assert.Single(agent.Reconciler.Refusals);
        Assert.Equal(("zoo", RefusalReason.WriteFailed), (refusal.Service.Name, refusal.Reason));
        Assert.Equal(before, Picture.Of(_kernel));

        Assert.Equal(0, agent.Resync().Refused);
        Assert.Equal(2, _kernel.Frontends.Content.Values.Count(f => f.Inside.Count == 3));
    }

    [Fact]
    public void Programming_latency_is_recorded_for_what_happened_since_the_start()
    {
        var clock = new StoppedClock();
        var agent = new Agent(_kernel.Open(), clock);
        var recorded = new List<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument == ServicesMetrics.NetworkProgrammingDuration)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => recorded.Add(value));
        listener.Start();

        agent.Start([Web], [Triggered(Slice("web", 1), clock.Now - TimeSpan.FromHours(1))]);
        var trigger = clock.Now + TimeSpan.FromSeconds(5);
        clock.Now += TimeSpan.FromSeconds(7);
        agent.Slices.Upserted(Triggered(Slice("web", 2), trigger));
        agent.Sync();
        agent.Sync();

        Assert.Equal([2.0], recorded.Where(v => v == 2.0));
        Assert.DoesNotContain(recorded, v => v >= 3600);
    }

    private static EndpointSlice Ten() => Slice("web", 10);

    private static EndpointSlice Slice(string service, int endpoints) =>
        Make.Slice(service, "1", [.. Enumerable.Range(1, endpoints).Select(i => Make.Ready($"10.0.0.{i}"))]);

    private static EndpointSlice Triggered(EndpointSlice slice, DateTimeOffset time) => slice with
    {
        Metadata = slice.Metadata with
        {
            Annotations = new Dictionary<string, string>
            {
                ["endpoints.kubernetes.io/last-change-trigger-time"] = time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            },
        },
    };

    /// <summary>The frontend that is not the mark of its ClusterIP.</summary>
    private KeyValuePair<FrontendKey, Frontend> Only() => Assert.Single(_kernel.Frontends.Content, f => f.Key.Port != 0);

    private (uint Place, uint Generation) PlaceOf(string address)
    {
        var (place, backend) = Assert.Single(_kernel.Backends.Content, b => b.Value.Service != 0 && b.Value.Address.ToString() == address);
        return (place, backend.Generation);
    }
}
