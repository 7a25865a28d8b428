using Netweir.Loader;

namespace Netweir.Controller.Services;

/// <summary>A hash map, and what it has as far as this writer knows: read once, then changed only along with it.</summary>
internal sealed class CachedMap<TKey, TValue>
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged, IEquatable<TValue>
{
    private readonly ServiceMaps _maps;
    private readonly IBpfMap<TKey, TValue> _map;
    private readonly Dictionary<TKey, TValue> _content = [];
    private readonly List<TKey> _changed = [];
    private readonly List<TKey> _foreign = [];
    private long _version;

    public CachedMap(ServiceMaps maps, IBpfMap<TKey, TValue> map)
    {
        (_maps, _map) = (maps, map);
        foreach (var (key, value) in map.Entries())
        {
            _content[key] = value;
        }
    }

    public IReadOnlyDictionary<TKey, TValue> Content => _content;

    /// <summary>As of the last <see cref="Compare"/>: whether an entry may be missing. When the map was written meanwhile, nobody can tell.</summary>
    public bool MayHaveLost { get; private set; }

    /// <summary>So many entries in all.</summary>
    public void Expect(int entries) => _content.EnsureCapacity(entries);

    public void Set(KeyValuePair<TKey, TValue>[] entries)
    {
        if (entries.Length == 0)
        {
            return;
        }

        _maps.Set(_map, entries);
        _version++;
        foreach (var (key, value) in entries)
        {
            _content[key] = value;
        }
    }

    public void Delete(TKey key)
    {
        _maps.Delete(_map, key);
        _version++;
        _content.Remove(key);
    }

    /// <summary>
    /// Looks for what another writer changed or added, which <see cref="RestoreChanged"/> and <see cref="DeleteForeign"/> then put right. Goes on with
    /// each element taken; the map may be written in between.
    /// </summary>
    public IEnumerable<bool> Compare()
    {
        var (version, ours) = (_version, 0);
        _changed.Clear();
        _foreign.Clear();
        foreach (var (key, value) in _map.Entries())
        {
            var known = _content.TryGetValue(key, out var wanted);
            ours += known ? 1 : 0;
            if (!known || !value.Equals(wanted))
            {
                (known ? _changed : _foreign).Add(key);
            }

            yield return true;
        }

        MayHaveLost = version != _version || ours != _content.Count;
    }

    /// <summary>What was found may be over: it is looked at again.</summary>
    public void RestoreChanged() => _changed.ForEach(Restore);

    /// <inheritdoc cref="RestoreChanged"/>
    public void DeleteForeign()
    {
        foreach (var key in _foreign.Where(k => !_content.ContainsKey(k)))
        {
            _maps.Delete(_map, key);
        }
    }

    /// <summary>Writes an entry that is missing or another than it should be.</summary>
    public void Restore(TKey key)
    {
        if (_content.TryGetValue(key, out var wanted) && !(_map.TryLookup(key, out var value) && value.Equals(wanted)))
        {
            _maps.Set(_map, [KeyValuePair.Create(key, wanted)]);
        }
    }
}
