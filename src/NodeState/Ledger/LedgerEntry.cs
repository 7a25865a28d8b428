using System.Text.Json.Serialization;

namespace Netweir.NodeState;

/// <summary>One thing that Netweir made or changed on the node, and what is needed to undo it.</summary>
public sealed record LedgerEntry
{
    /// <summary>One of <see cref="LedgerKind"/>, or a later version's.</summary>
    public required string Kind { get; init; }

    /// <summary>The path, device, setting, table or chain.</summary>
    public required string Name { get; init; }

    public string? Detail { get; init; }

    /// <summary>What was there before Netweir; null: nothing.</summary>
    public string? Before { get; init; }

    /// <summary>The boot it belongs to; null: it outlives reboots.</summary>
    public string? Boot { get; init; }

    /// <summary>Entries with the same key are about the same thing.</summary>
    [JsonIgnore]
    internal (string Kind, string Name, string? Boot) Key => (Kind, Name, Boot);
}
