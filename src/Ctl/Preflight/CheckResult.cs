using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>What one check came to.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Detail">What was found, in a few words.</param>
internal sealed record CheckResult(string Name, string Detail, params IReadOnlyList<Finding> Findings)
{
    /// <summary>Why it could not be told; null: it could.</summary>
    public string? Unknown { get; init; }

    public string Verdict => Unknown is not null ? "cannot tell" : Findings.Count == 0 ? "ok" : Findings.Max(f => f.Severity).ToString().ToLowerInvariant();

    public static CheckResult CannotTell(string name, string why) => new(name, why) { Unknown = why };
}
