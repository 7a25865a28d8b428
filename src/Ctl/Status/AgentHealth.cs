namespace Netweir.Ctl;

/// <summary>What the agent's health port answered.</summary>
/// <param name="Answer">The first line of its answer; null: it does not answer.</param>
/// <param name="LastWrite">When the agent last wrote to its run directory; null when it never did.</param>
internal sealed record AgentHealth(string Where, bool IsHealthy, string? Answer, DateTimeOffset? LastWrite)
{
    /// <summary>What the agent says on /readyz that it waits for or could not do; one line each.</summary>
    public IReadOnlyList<string> Complaints { get; init; } = [];
}
