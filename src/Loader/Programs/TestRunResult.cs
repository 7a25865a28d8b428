using LibBpf.Interop;

namespace Netweir.Loader;

/// <summary>What BPF_PROG_TEST_RUN answers.</summary>
public sealed record TestRunResult
{
    /// <summary>TC_ACT_*; a redirect is TC_ACT_REDIRECT (7), not followed.</summary>
    public required uint ReturnValue { get; init; }

    /// <summary>The packet after the last run.</summary>
    public required ReadOnlyMemory<byte> Packet { get; init; }

    public required SkBuff Context { get; init; }

    /// <summary>Mean of one run.</summary>
    public required TimeSpan Duration { get; init; }
}
