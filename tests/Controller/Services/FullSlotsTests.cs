using Netweir.Controller.Services;
using Netweir.Kube;
using Netweir.Maps;
using Service = Netweir.Kube.Service;

namespace Netweir.Controller.Tests.Services;

/// <summary>What goes on when nw_slots has no room.</summary>
public sealed class FullSlotsTests
{
    private static readonly Service[] Consistent = [Maglev("a", 1), Maglev("b", 2), Maglev("c", 3)];

    [Fact]
    public void Maglev_tables_take_at_most_half_and_then_plain_lists_are_had()
    {
        var kernel = Sized(4100);
        var agent = Started(kernel);

        var refusal = Assert.Single(agent.Reconciler.Refusals);
        Assert.Equal(("c", RefusalReason.SlotsFull, true), (refusal.Service.Name, refusal.Reason, refusal.IsPartial));
        Assert.Contains("netweir.io/lb-algorithm", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(("1009 Consistent", "1009 Consistent", "2 None"), (Of(kernel, 1), Of(kernel, 2), Of(kernel, 3)));

        agent.Slices.Upserted(Slice("c", 3));
        agent.Sync();
        Assert.Equal("3 None", Of(kernel, 3));
        agent.Slices.Upserted(Slice("a", 3));
        agent.Sync();
        Assert.Equal("1009 Consistent", Of(kernel, 1));
        kernel.Checking = true;
        Assert.Equal(0, agent.Resync().Writes);
    }

    [Fact]
    public void A_maglev_table_comes_with_the_next_resync_once_another_is_gone()
    {
        var kernel = Sized(4100);
        var agent = Started(kernel);
        var recovered = new List<ObjectKey>();
        agent.Reconciler.Recovered += recovered.Add;

        agent.Services.Deleted(Consistent[0]);
        agent.Sync();
        agent.Resync();

        Assert.Equal("1009 Consistent", Of(kernel, 3));
        Assert.Equal([Consistent[2].Metadata.Key], recovered);
        Assert.Empty(agent.Reconciler.Refusals);
    }

    [Fact]
    public void A_restart_leaves_tables_and_plain_lists_as_they_are()
    {
        var kernel = Sized(4100);
        Started(kernel);

        var agent = new Agent(kernel.Open());
        Assert.Equal(0, agent.Start(Consistent, [Slice("a", 2), Slice("b", 2), Slice("c", 2)]).Writes);
        Assert.Equal("c", Assert.Single(agent.Reconciler.Refusals).Service.Name);
    }

    [Fact]
    public void Backends_that_go_are_taken_out_of_a_list_although_there_is_no_room_for_another()
    {
        var kernel = new FakeKernel(new ServiceCapacity { Services = 8, Frontends = 16, Slots = 4, Backends = 16, SourceRanges = 8 });
        var agent = new Agent(kernel.Open());
        Service[] services = [Make.Service("a", ["10.96.0.1"], Make.Port(80)), Make.Service("b", ["10.96.0.2"], Make.Port(80))];
        agent.Start(services, [Slice("a", 3), Slice("b", 1)]);

        agent.Slices.Upserted(Slice("a", 2, skip: 1));
        Assert.Equal(0, agent.Sync().Refused);
        Assert.Equal("2 None", Of(kernel, 1));
        Assert.DoesNotContain(kernel.Backends.Content.Values, b => b.Service == 1 && b.Address.ToString() == "10.0.0.1");

        agent = new Agent(kernel.Open());
        Assert.Equal(0, agent.Start(services, [Slice("a", 2, skip: 1), Slice("b", 1)]).Writes);
        agent.Slices.Upserted(Slice("b", 2));
        agent.Slices.Upserted(Slice("a", 1, skip: 2));
        Assert.Equal(0, agent.Sync().Refused);
        Assert.Equal(("1 None", "2 None"), (Of(kernel, 1), Of(kernel, 2)));

        agent.List([], []);
        agent.Sync();
        agent.Start(services, [Slice("a", 4)]);
        Assert.Equal("4 None", Of(kernel, 1));
    }

    private static FakeKernel Sized(int slots) =>
        new(new ServiceCapacity { Services = 8, Frontends = 16, Slots = slots, Backends = 16, SourceRanges = 8 }) { Checking = false };

    private static Agent Started(FakeKernel kernel)
    {
        var agent = new Agent(kernel.Open());
        agent.Start(Consistent, [Slice("a", 2), Slice("b", 2), Slice("c", 2)]);
        return agent;
    }

    private static Service Maglev(string name, int number)
    {
        var service = Make.Service(name, [$"10.96.0.{number}"], Make.Port(80));
        return service with { Metadata = service.Metadata with { Annotations = new Dictionary<string, string> { ["netweir.io/lb-algorithm"] = "maglev" } } };
    }

    private static EndpointSlice Slice(string service, int count, int skip = 0) =>
        Make.Slice(service, "1", [.. Enumerable.Range(1 + skip, count).Select(i => Make.Ready($"10.0.0.{i}"))]);

    private static string Of(FakeKernel kernel, int number)
    {
        var frontend = kernel.Frontends.Content.Single(f => f.Key.Port.Value == 80 && f.Key.Address.ToString() == $"10.96.0.{number}").Value;
        Assert.Equal(frontend.Inside, frontend.Outside);
        return $"{frontend.Inside.Count} {(FrontendFlag)frontend.Flags}";
    }
}
