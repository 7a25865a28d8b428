namespace Netweir.NodeState;

/// <summary>Many entries about one thing are one: the value before is the first's, for only that one is not Netweir's; the rest is the last's.</summary>
internal sealed class LedgerFold
{
    private readonly Dictionary<(string, string, string?), int> _places = [];
    private readonly List<LedgerEntry> _entries = [];

    public IReadOnlyList<LedgerEntry> Entries => _entries;

    public void Add(LedgerEntry entry)
    {
        if (_places.TryGetValue(entry.Key, out int place))
        {
            _entries[place] = entry with { Before = _entries[place].Before };
            return;
        }

        _places.Add(entry.Key, _entries.Count);
        _entries.Add(entry);
    }

    /// <summary>Whether adding it would change nothing.</summary>
    public bool Knows(LedgerEntry entry) => _places.TryGetValue(entry.Key, out int place) && _entries[place].Detail == entry.Detail;
}
