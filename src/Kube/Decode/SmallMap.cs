using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Netweir.Kube;

/// <summary>A few entries without a hash table, which would be larger than they are. Keys are looked for one by one.</summary>
internal sealed class SmallMap(KeyValuePair<string, string>[] entries) : IReadOnlyDictionary<string, string>
{
    public int Count => entries.Length;

    public IEnumerable<string> Keys => entries.Select(e => e.Key);

    public IEnumerable<string> Values => entries.Select(e => e.Value);

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

    /// <summary>Those of another map that have one of the keys.</summary>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, string> all, IReadOnlyCollection<string> keys)
    {
        KeyValuePair<string, string>[] kept = all.Count == 0 || keys.Count == 0 ? [] : [.. all.Where(e => keys.Contains(e.Key))];
        return kept.Length == 0 ? EmptyMap.Instance : new SmallMap(kept);
    }

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        foreach (var entry in entries)
        {
            if (entry.Key == key)
            {
                value = entry.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => entries.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
