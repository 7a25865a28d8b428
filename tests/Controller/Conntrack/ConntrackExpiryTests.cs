using System.Net;
using Netweir.Maps;

namespace Netweir.Controller.Tests;

public sealed class ConntrackExpiryTests
{
    private const ulong Second = 1_000_000_000;
    private const ulong Now = 1_000_000 * Second;

    [Theory]
    [InlineData(6, ConntrackFlag.Established, 60)]
    [InlineData(6, ConntrackFlag.Established | ConntrackFlag.Confirmed, 86400)]
    [InlineData(6, ConntrackFlag.Established | ConntrackFlag.Closing, 120)]
    [InlineData(6, ConntrackFlag.Closing, 120)]
    [InlineData(6, ConntrackFlag.Service, 60)]
    [InlineData(17, ConntrackFlag.Established, 180)]
    [InlineData(17, ConntrackFlag.Snat, 60)]
    [InlineData(132, ConntrackFlag.Established, 180)]
    [InlineData(132, ConntrackFlag.None, 60)]
    [InlineData(1, ConntrackFlag.Established, 30)]
    [InlineData(58, ConntrackFlag.None, 30)]
    public void A_silent_flow_is_over_after_its_timeout(byte protocol, ConntrackFlag flags, int seconds)
    {
        var key = new FlowTuple { Protocol = protocol };
        var limit = (ulong)seconds * Second;

        Assert.False(ConntrackExpiry.IsOver(key, Entry(flags, Now - limit), null, Now));
        Assert.True(ConntrackExpiry.IsOver(key, Entry(flags, Now - limit - 1), null, Now));
    }

    [Fact]
    public void A_flow_whose_reply_was_seen_lately_is_not_over()
    {
        var old = Entry(ConntrackFlag.Established, Now - (600 * Second));

        Assert.False(ConntrackExpiry.IsOver(new FlowTuple { Protocol = 17 }, old, Entry(ConntrackFlag.Reply, Now - Second), Now));
    }

    [Fact]
    public void A_packet_after_the_clock_was_read_does_not_end_the_flow()
    {
        Assert.False(ConntrackExpiry.IsOver(new FlowTuple { Protocol = 1 }, Entry(ConntrackFlag.None, Now + 5), null, Now));
    }

    [Fact]
    public void A_reply_without_its_original_goes_after_a_minute()
    {
        Assert.False(ConntrackExpiry.IsOrphanOver(Entry(ConntrackFlag.Reply, Now - (60 * Second)), Now));
        Assert.True(ConntrackExpiry.IsOrphanOver(Entry(ConntrackFlag.Reply, Now - (61 * Second)), Now));
    }

    [Fact]
    public void The_other_entry_is_keyed_by_the_reversed_target()
    {
        var target = new FlowTuple
        {
            Saddr = Address.From(IPAddress.Parse("10.0.0.1")),
            Daddr = Address.From(IPAddress.Parse("10.0.0.2")),
            Sport = Be16.From(1000),
            Dport = Be16.From(80),
            Protocol = 6,
        };

        var other = ConntrackExpiry.OtherKey(new ConntrackEntry { Target = target });

        Assert.Equal((target.Daddr, target.Saddr, target.Dport, target.Sport, (byte)6), (other.Saddr, other.Daddr, other.Sport, other.Dport, other.Protocol));
    }

    private static ConntrackEntry Entry(ConntrackFlag flags, ulong seen) => new() { Flags = (uint)flags, LastSeen = seen };
}
