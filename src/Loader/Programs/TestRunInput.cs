using LibBpf.Interop;

namespace Netweir.Loader;

/// <summary>What BPF_PROG_TEST_RUN is given.</summary>
public sealed record TestRunInput
{
    /// <summary>Required: a frame from its Ethernet header on, at least 14 bytes.</summary>
    public required ReadOnlyMemory<byte> Packet { get; init; }

    /// <summary>
    /// What the program finds in its context. Only mark, priority, ifindex, ingress_ifindex, cb, tstamp, gso_segs, gso_size and hwtstamp may be set;
    /// ifindex must be a device of this network namespace, ingress_ifindex the same or 0. Default: all zero, which means loopback.
    /// </summary>
    public SkBuff Context { get; init; }

    /// <summary>How often; more than once only to measure, since every run starts with the packet that the one before left.</summary>
    public int Repeat { get; init; } = 1;
}
