using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// A Service that is not programmed as the API has it. Retried when it changes and on every resync; and, but for Maglev tables,
/// when something else gives room back.
/// <paramref name="Detail"/> names the cause and the remedy.
/// </summary>
internal sealed record Refusal(ObjectKey Service, RefusalReason Reason, string Detail)
{
    /// <summary>Everything else of it is programmed, and goes on to follow the API; otherwise what it had before is untouched.</summary>
    public bool IsPartial { get; init; }

    /// <summary>For a message.</summary>
    public string Extent => IsPartial ? "not fully programmed" : "not programmed";

    /// <summary>Who has what this one wants, when the reason is a conflict.</summary>
    public ObjectKey? Rival { get; init; }

    /// <summary>Both; the reason is this one's.</summary>
    public Refusal And(Refusal? other) => other is null ? this : this with { Detail = $"{Detail}; {other.Detail}", Rival = other.Rival };
}
