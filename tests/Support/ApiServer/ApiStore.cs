using System.Globalization;
using System.Text.Json.Nodes;
using Netweir.Kube;

namespace Netweir.Support.ApiServer;

/// <summary>The objects behind one or several <see cref="TestApiServer"/>s, with a log of changes to watch. Safe for concurrent use.</summary>
public sealed class ApiStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ApiKind, SortedDictionary<string, StoredObject>> _objects =
        ApiKind.All.ToDictionary(k => k, _ => new SortedDictionary<string, StoredObject>(StringComparer.Ordinal));
    private readonly Dictionary<ApiKind, StoredObject[]> _sorted = [];

    /// <summary>In order of version.</summary>
    private readonly List<StoreEvent> _log = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 1000;
    private long _oldest;

    /// <summary>The version of the last change.</summary>
    public long Version
    {
        get
        {
            lock (_lock)
            {
                return _version;
            }
        }
    }

    /// <summary>Creates or replaces every object of a YAML or JSON text. Returns the last one's resource version.</summary>
    public long Apply(string yaml)
    {
        var version = 0L;
        foreach (var document in KubeYaml.ParseAll(yaml))
        {
            version = Apply(document.AsObject());
        }

        return version;
    }

    /// <summary>Creates or replaces. Returns the new resource version.</summary>
    public long Apply(JsonObject obj)
    {
        var kind = ApiKind.Of(obj["apiVersion"]?.ToString() ?? "", obj["kind"]?.ToString() ?? "");
        return Write(kind, obj, WriteMode.Upsert).Version;
    }

    /// <summary>
    /// Creates or replaces an object that the caller has written out with the version that it is given, as it is: nothing is parsed, checked or defaulted.
    /// For hundreds of thousands of them. Returns the version.
    /// </summary>
    public long Put(string plural, string ns, string name, IReadOnlyDictionary<string, string> labels, Func<long, byte[]> json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var kind = ApiKind.Of(plural);
        lock (_lock)
        {
            var version = ++_version;
            Set(kind, new StoredObject(ns, name, version, json(version), labels, "", ""));
            return version;
        }
    }

    /// <summary>False when there was no such object. <paramref name="ns"/> is empty for a cluster-scoped one.</summary>
    public bool Delete(string plural, string ns, string name)
    {
        var kind = ApiKind.Of(plural);
        lock (_lock)
        {
            if (!_objects[kind].ContainsKey($"{ns}/{name}"))
            {
                return false;
            }
        }

        Remove(kind, ns, name);
        return true;
    }

    /// <summary>A copy, or null.</summary>
    public JsonObject? Get(string plural, string ns, string name)
    {
        lock (_lock)
        {
            return _objects[ApiKind.Of(plural)].GetValueOrDefault($"{ns}/{name}")?.Parse();
        }
    }

    /// <summary>Copies of all, in order of namespace and name.</summary>
    public IReadOnlyList<JsonObject> All(string plural)
    {
        lock (_lock)
        {
            return [.. _objects[ApiKind.Of(plural)].Values.Select(o => o.Parse())];
        }
    }

    /// <summary>New watches from older versions and older continue tokens are answered with 410; running watches go on.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            // A version of its own, so that even a client that has seen everything is behind.
            _oldest = ++_version;
        }
    }

    internal StoredObject Find(ApiKind kind, string ns, string name)
    {
        lock (_lock)
        {
            return _objects[kind].GetValueOrDefault($"{ns}/{name}") ?? throw ApiException.NotFound(kind, name);
        }
    }

    internal StoredObject Write(ApiKind kind, JsonObject source, WriteMode mode)
    {
        var obj = source.DeepClone().AsObject();
        var meta = Metadata(obj, kind);
        lock (_lock)
        {
            var name = meta["name"]!.ToString();
            var before = _objects[kind].GetValueOrDefault($"{meta["namespace"]}/{name}");
            Check(kind, name, mode, before, meta);
            EventRules.Check(kind, obj, before?.Parse());
            var version = ++_version;
            var old = before?.Parse()["metadata"]!.AsObject();
            meta["uid"] = old?["uid"]?.DeepClone() ?? meta["uid"]?.DeepClone() ?? Guid.NewGuid().ToString();
            meta["creationTimestamp"] = old?["creationTimestamp"]?.DeepClone() ?? DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            meta["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
            obj["apiVersion"] = kind.ApiVersion;
            obj["kind"] = kind.Kind;
            var after = StoredObject.Create(obj, version);
            Set(kind, after);
            return after;
        }
    }

    internal StoredObject Remove(ApiKind kind, string ns, string name)
    {
        lock (_lock)
        {
            var before = Find(kind, ns, name);
            var version = ++_version;
            var obj = before.Parse();
            obj["metadata"]!["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
            var last = StoredObject.Create(obj, version);
            _objects[kind].Remove(before.Key);
            _sorted.Remove(kind);
            Append(new StoreEvent(version, kind, before, null, last));
            return last;
        }
    }

    /// <summary>Up to <paramref name="limit"/> (0: all) objects after <paramref name="afterKey"/> in key order, and at most how many more there are.</summary>
    internal (IReadOnlyList<StoredObject> Items, int Remaining, long Version) List(ApiKind kind, Selector selector, string afterKey, int limit)
    {
        lock (_lock)
        {
            var all = Sorted(kind);
            var next = FirstAfter(all.Length, i => string.CompareOrdinal(all[i].Key, afterKey) > 0);
            var items = new List<StoredObject>();
            for (; next < all.Length; next++)
            {
                if (!selector.Matches(all[next]))
                {
                    continue;
                }

                if (limit > 0 && items.Count == limit)
                {
                    return (items, all.Length - next, _version);
                }

                items.Add(all[next]);
            }

            return (items, 0, _version);
        }
    }

    /// <summary>Changes after a version, the version they lead to, and a task that completes at the next change.</summary>
    internal (IReadOnlyList<StoreEvent> Events, long Version, Task Changed) Since(ApiKind kind, long version)
    {
        lock (_lock)
        {
            var next = FirstAfter(_log.Count, i => _log[i].Version > version);
            return ([.. _log.Skip(next).Where(e => e.Kind == kind)], _version, _changed.Task);
        }
    }

    internal void ThrowIfCompacted(long version)
    {
        lock (_lock)
        {
            if (version < _oldest)
            {
                throw ApiException.Expired(version, _oldest);
            }
        }
    }

    private void Set(ApiKind kind, StoredObject after)
    {
        var before = _objects[kind].GetValueOrDefault(after.Key);
        _objects[kind][after.Key] = after;
        _sorted.Remove(kind);
        Append(new StoreEvent(after.Version, kind, before, after, after));
    }

    /// <summary>Kept until the next change: a long list is read in many pages.</summary>
    private StoredObject[] Sorted(ApiKind kind)
    {
        if (!_sorted.TryGetValue(kind, out var all))
        {
            _sorted.Add(kind, all = [.. _objects[kind].Values]);
        }

        return all;
    }

    /// <summary>The first of <paramref name="count"/> ascending places that is <paramref name="beyond"/>.</summary>
    private static int FirstAfter(int count, Func<int, bool> beyond)
    {
        var low = 0;
        for (var high = count; low < high;)
        {
            var middle = (low + high) / 2;
            (low, high) = beyond(middle) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private void Append(StoreEvent change)
    {
        _log.Add(change);
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private static JsonObject Metadata(JsonObject obj, ApiKind kind)
    {
        if (obj["metadata"] is not JsonObject meta)
        {
            obj["metadata"] = meta = [];
        }

        if (meta["name"] is null && meta["generateName"] is { } prefix)
        {
            meta["name"] = prefix + Guid.NewGuid().ToString("N")[..5];
        }

        if (string.IsNullOrEmpty(meta["name"]?.ToString()))
        {
            throw new ApiException(422, "Invalid", $"{kind.Kind}: metadata.name: Required value");
        }

        if (kind.Namespaced)
        {
            meta["namespace"] ??= "default";
        }
        else
        {
            meta.Remove("namespace");
        }

        return meta;
    }

    private static void Check(ApiKind kind, string name, WriteMode mode, StoredObject? before, JsonObject meta)
    {
        if (mode == WriteMode.Create && before is not null)
        {
            throw new ApiException(409, "AlreadyExists", $"{kind.Plural} \"{name}\" already exists");
        }

        if (mode == WriteMode.Replace && before is null)
        {
            throw ApiException.NotFound(kind, name);
        }

        var asked = meta["resourceVersion"]?.ToString();
        if (mode == WriteMode.Replace && !string.IsNullOrEmpty(asked) && asked != before!.Version.ToString(CultureInfo.InvariantCulture))
        {
            throw new ApiException(409, "Conflict", $"Operation cannot be fulfilled on {kind.Plural} \"{name}\": the object has been modified");
        }
    }
}
