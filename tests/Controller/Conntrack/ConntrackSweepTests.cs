using Netweir.Maps;

namespace Netweir.Controller.Tests;

public sealed class ConntrackSweepTests : IDisposable
{
    private const ulong Second = 1_000_000_000;
    private const ulong Now = 1_000_000 * Second;
    private readonly MemoryMap<FlowTuple, ConntrackEntry> _map = new();
    private readonly ConntrackSweep _sweep;

    public ConntrackSweepTests() => _sweep = new ConntrackSweep(_map);

    public void Dispose() => _sweep.Dispose();

    [Fact]
    public void An_expired_pair_goes_as_one()
    {
        Pair(1, seen: Now - (61 * Second), replySeen: Now - (61 * Second));
        Pair(2, seen: Now, replySeen: Now);

        Assert.Equal(2, _sweep.Step(Now, 100));

        Assert.Equal(2, _map.Content.Count);
        Assert.All(_map.Content.Values, e => Assert.Equal(Now, e.LastSeen));
    }

    [Fact]
    public void A_pair_whose_reply_is_fresh_stays()
    {
        Pair(1, seen: Now - (61 * Second), replySeen: Now);

        Assert.Equal(0, _sweep.Step(Now, 100));
    }

    [Fact]
    public void An_orphaned_reply_goes_after_a_minute()
    {
        var (original, _) = Pair(1, seen: Now, replySeen: Now - (70 * Second));
        Assert.Equal(0, _sweep.Step(Now, 100));
        _map.Content.Remove(original);

        Assert.Equal(1, _sweep.Step(Now, 100));
        Assert.Empty(_map.Content);
    }

    /// <summary>Ports are few: a masqueraded flow often gets one whose last flow is about to be swept.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_tuple_that_a_new_flow_took_at_the_last_moment_stays(bool original)
    {
        var pair = Pair(1, seen: Now - (61 * Second), replySeen: Now - (61 * Second));
        var (taken, left) = original ? (pair.Original, pair.Reply) : (pair.Reply, pair.Original);
        var theirs = NewFlowAt(taken);
        _map.Taking = key => _map.Content[taken] = key == taken ? theirs : _map.Content[taken];

        Assert.Equal(1, _sweep.Step(Now, 100));

        Assert.Equal(theirs, _map.Content[taken]);
        Assert.False(_map.Content.ContainsKey(left));
    }

    [Fact]
    public void A_reply_whose_tuple_a_new_flow_took_since_the_walk_read_it_stays()
    {
        var (original, reply) = Pair(1, seen: Now, replySeen: Now - (70 * Second));
        Assert.Equal(0, _sweep.Step(Now, 0));
        _map.Content.Remove(original);
        var theirs = NewFlowAt(reply);
        _map.Content[reply] = theirs;

        Assert.Equal(0, _sweep.Step(Now, 100));

        Assert.Equal(theirs, _map.Content[reply]);
    }

    [Fact]
    public void A_reply_goes_whose_client_has_another_flow_by_now()
    {
        var (original, reply) = Pair(1, seen: Now, replySeen: Now - (70 * Second));
        _map.Content[original] = _map.Content[original] with { Target = Tuple("10.0.0.1", 1, "10.244.1.3", 5353) };

        Assert.Equal(1, _sweep.Step(Now, 100));

        Assert.True(_map.Content.ContainsKey(original));
        Assert.False(_map.Content.ContainsKey(reply));
    }

    [Fact]
    public void A_pair_is_not_judged_by_another_flows_reply()
    {
        var (original, reply) = Pair(1, seen: Now - (61 * Second), replySeen: Now);
        _map.Content[reply] = _map.Content[reply] with { Target = Tuple("10.0.0.9", 9, "10.0.0.8", 8) };

        Assert.Equal(1, _sweep.Step(Now, 100));

        Assert.False(_map.Content.ContainsKey(original));
        Assert.True(_map.Content.ContainsKey(reply));
    }

    [Fact]
    public void An_orphaned_reply_whose_tuple_a_new_flow_took_at_the_last_moment_stays()
    {
        var (original, reply) = Pair(1, seen: Now, replySeen: Now - (70 * Second));
        _map.Content.Remove(original);
        var theirs = NewFlowAt(reply);
        _map.Taking = _ => _map.Content[reply] = theirs;

        Assert.Equal(0, _sweep.Step(Now, 100));

        Assert.Equal(theirs, _map.Content[reply]);
    }

    [Fact]
    public void A_step_is_bounded_and_the_next_goes_on()
    {
        for (ushort i = 1; i <= 10; i++)
        {
            Pair(i, seen: Now - (61 * Second), replySeen: Now - (61 * Second));
        }

        Assert.Equal(10, _sweep.Step(Now, 10));
        Assert.Equal(10, _map.Content.Count);
        Assert.Equal(10, _sweep.Step(Now, 100));
        Assert.Empty(_map.Content);
        Assert.Equal(0, _sweep.Step(Now, 100));
        Assert.Equal(0, _sweep.Entries);
    }

    [Fact]
    public void Live_entries_are_counted_by_a_complete_sweep()
    {
        Pair(1, Now, Now);
        Pair(2, Now, Now);

        _sweep.Step(Now, 100);

        Assert.Equal(4, _sweep.Entries);
    }

    /// <summary>What a hook writes when it gives a tuple to another flow.</summary>
    private ConntrackEntry NewFlowAt(in FlowTuple tuple) => _map.Content[tuple] with { Target = Tuple("10.0.0.9", 9, "10.0.0.8", 8), LastSeen = Now };

    /// <summary>A UDP flow client:port -> service that became client:port -> backend.</summary>
    private (FlowTuple Original, FlowTuple Reply) Pair(ushort port, ulong seen, ulong replySeen)
    {
        var original = Tuple("10.0.0.1", port, "10.96.0.1", 53);
        var target = Tuple("10.0.0.1", port, "10.244.1.2", 5353);
        var reply = Tuple("10.244.1.2", 5353, "10.0.0.1", port);
        _map.Content[original] = new ConntrackEntry { Target = target, LastSeen = seen, Flags = (uint)ConntrackFlag.Service };
        _map.Content[reply] = new ConntrackEntry
        {
            Target = Tuple("10.96.0.1", 53, "10.0.0.1", port),
            LastSeen = replySeen,
            Flags = (uint)(ConntrackFlag.Service | ConntrackFlag.Reply),
        };
        return (original, reply);
    }

    private static FlowTuple Tuple(string source, ushort sport, string destination, ushort dport) => new()
    {
        Saddr = Address.Parse(source),
        Daddr = Address.Parse(destination),
        Sport = Be16.From(sport),
        Dport = Be16.From(dport),
        Protocol = 17,
    };
}
