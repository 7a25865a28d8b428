namespace Netweir.Controller;

/// <summary>What has to be written to make one map's content the other's.</summary>
internal sealed record MapDiff<TKey, TValue>(IReadOnlyList<KeyValuePair<TKey, TValue>> Upserts, IReadOnlyList<TKey> Deletes)
    where TKey : struct, IEquatable<TKey>
    where TValue : struct, IEquatable<TValue>
{
    public bool IsEmpty => Upserts.Count == 0 && Deletes.Count == 0;

    public static MapDiff<TKey, TValue> Compute(IReadOnlyDictionary<TKey, TValue> desired, IReadOnlyDictionary<TKey, TValue> actual) => new(
        [.. desired.Where(d => !actual.TryGetValue(d.Key, out var there) || !there.Equals(d.Value))],
        [.. actual.Keys.Where(k => !desired.ContainsKey(k))]);
}
