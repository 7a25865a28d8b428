using Netweir.Maps;

namespace Netweir.Controller;

/// <summary>When a flow is over. Pure.</summary>
internal static class ConntrackExpiry
{
    private const byte Icmp = 1;
    private const byte Tcp = 6;
    private const byte Icmp6 = 58;

    /// <summary>How long a reply entry may wait for its original: the hooks write the two one after the other.</summary>
    public static TimeSpan Orphan { get; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a flow may be silent. <paramref name="flags"/> are those of its original entry.</summary>
    public static TimeSpan Timeout(byte protocol, ConntrackFlag flags)
    {
        var replied = flags.HasFlag(ConntrackFlag.Established);
        var halfClosed = (flags & (ConntrackFlag.FinOriginal | ConntrackFlag.FinReply)) != 0;
        return TimeSpan.FromSeconds((int)(protocol switch
        {
            Icmp or Icmp6 => ConntrackTimeout.Icmp,
            Tcp when flags.HasFlag(ConntrackFlag.Closing) => ConntrackTimeout.TcpClosing,
            Tcp when halfClosed => ConntrackTimeout.TcpHalfClosed,
            // A handshake that its client never completed is no connection: anybody can send SYNs.
            Tcp => flags.HasFlag(ConntrackFlag.Confirmed) ? ConntrackTimeout.TcpEstablished : ConntrackTimeout.New,
            _ when !replied => ConntrackTimeout.New,
            _ => ConntrackTimeout.UdpEstablished,
        }));
    }

    public static bool IsReply(in ConntrackEntry entry) => ((ConntrackFlag)entry.Flags).HasFlag(ConntrackFlag.Reply);

    /// <summary>
    /// Whether the original entry's flow is over. <paramref name="reply"/> is the pair's other entry, or null; <paramref name="now"/> is
    /// CLOCK_MONOTONIC in ns.
    /// </summary>
    public static bool IsOver(in FlowTuple key, in ConntrackEntry original, ConntrackEntry? reply, ulong now)
    {
        var seen = Math.Max(original.LastSeen, reply?.LastSeen ?? 0);
        return IsOlder(seen, now, Timeout(key.Protocol, (ConntrackFlag)original.Flags));
    }

    /// <summary>Whether a reply entry whose original is not in the map may go.</summary>
    public static bool IsOrphanOver(in ConntrackEntry reply, ulong now) => IsOlder(reply.LastSeen, now, Orphan);

    /// <summary>The key of the pair's other entry: what the peer sends arrives as the reverse of what we sent.</summary>
    public static FlowTuple OtherKey(in ConntrackEntry entry) => new()
    {
        Saddr = entry.Target.Daddr,
        Daddr = entry.Target.Saddr,
        Sport = entry.Target.Dport,
        Dport = entry.Target.Sport,
        Protocol = entry.Target.Protocol,
    };

    /// <summary>A hook may have seen a packet after <paramref name="now"/> was read.</summary>
    private static bool IsOlder(ulong seen, ulong now, TimeSpan limit) => seen < now && now - seen > (ulong)limit.Ticks * 100;
}
