namespace Netweir.Kube;

/// <summary>How a container ended.</summary>
public sealed record ContainerTerminated
{
    public int ExitCode { get; init; }

    public string? Reason { get; init; }

    /// <summary>What it wrote to its termination log, or the log's end where its policy is FallbackToLogsOnError.</summary>
    public string? Message { get; init; }
}
