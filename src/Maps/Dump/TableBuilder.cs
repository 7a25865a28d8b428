namespace Netweir.Maps;

/// <summary>Collects a table; columns marked as details are left out unless asked for.</summary>
internal sealed class TableBuilder(string name, bool allDetails, params string[] columns)
{
    private const char DetailMark = '+';
    private readonly List<IReadOnlyList<Cell>> _rows = [];

    /// <param name="cells">One per column, details included.</param>
    public void Add(params ReadOnlySpan<Cell> cells)
    {
        var row = new List<Cell>(cells.Length);
        for (int i = 0; i < cells.Length; i++)
        {
            if (IsShown(columns[i]))
            {
                row.Add(cells[i]);
            }
        }

        _rows.Add(row);
    }

    public MapTable Build() => new() { Name = name, Columns = [.. columns.Where(IsShown).Select(c => c.TrimStart(DetailMark))], Rows = _rows };

    private bool IsShown(string column) => allDetails || column[0] != DetailMark;
}
