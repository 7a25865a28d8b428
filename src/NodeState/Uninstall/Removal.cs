namespace Netweir.NodeState;

/// <summary>One thing that is to be undone, found and not yet touched.</summary>
internal sealed record Removal(string Kind, string What)
{
    /// <summary>Undoes it. Null: done; else why it stays.</summary>
    public Func<string?> Undo { get; init; } = static () => null;

    /// <summary>Not null: it stays, and this is why.</summary>
    public string? Left { get; init; }

    /// <summary>Told with the line when it was undone.</summary>
    public string? Detail { get; init; }

    /// <summary>Undoing brings something back.</summary>
    public bool Restores { get; init; }
}
