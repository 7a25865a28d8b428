namespace Netweir.Maps;

/// <summary>Rows for people and for scripts. Equal states give equal tables, row by row.</summary>
public sealed record MapTable
{
    public required string Name { get; init; }

    /// <summary>As JSON has them: <c>new_source</c>. A table prints them in capitals.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Each with a cell per column.</summary>
    public required IReadOnlyList<IReadOnlyList<Cell>> Rows { get; init; }
}
