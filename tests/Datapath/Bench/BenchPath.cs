using Netweir.Loader;

namespace Netweir.Datapath.Tests.Bench;

/// <summary>A way of a packet through one hook.</summary>
internal sealed record BenchPath
{
    public required string Name { get; init; }

    public required BpfProgram Hook { get; init; }

    public required byte[] Packet { get; init; }

    public required Device Device { get; init; }

    /// <summary>Bytes; each run has a source port of its own. 0: all have the packet's.</summary>
    public uint PortOffset { get; init; }

    /// <summary>
    /// The hook leaves marks in the kernel's notes on the packet, so that it can have it once only: each run is a system call, and finds cold caches.
    /// </summary>
    public bool Single { get; init; }

    /// <summary>TC_ACT_*, of the last run.</summary>
    public int Verdict { get; init; } = Outcome.Redirect;
}
