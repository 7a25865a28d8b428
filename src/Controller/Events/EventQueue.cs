using System.Diagnostics.CodeAnalysis;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>Occurrences on their way to the API; the same one within ten minutes is counted in one Event. Bounded in everything. Thread-safe.</summary>
internal sealed class EventQueue(TimeProvider time)
{
    internal const int MostWaiting = 256;
    internal const int MostKnown = 1024;
    internal static readonly TimeSpan Together = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<EventKey, EventEntry> _known = [];
    private readonly Queue<EventEntry> _waiting = new();

    /// <summary>False when there is no room for it.</summary>
    public bool TryAdd(EventSubject subject, EventType type, string reason, string action, string note)
    {
        var key = new EventKey(subject.Kind, subject.Key, subject.Uid, type, reason, EventEntry.Cut(note, KubeEvent.LongestNote));
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_known.TryGetValue(key, out var entry) && (entry.Waiting || IsRecent(entry)))
            {
                entry.Occurred(now, time.GetTimestamp());
            }
            else
            {
                if (!HasRoom())
                {
                    return false;
                }
                _known[key] = entry = new EventEntry(key, subject, action, now, time.GetTimestamp());
            }
            return entry.Waiting || Enqueue(entry);
        }
    }

    public bool TryTake([NotNullWhen(true)] out EventEntry? entry)
    {
        lock (_lock)
        {
            return _waiting.TryDequeue(out entry);
        }
    }

    /// <summary>What is to be sent of an entry that was taken. What occurs from now on makes it wait again.</summary>
    public T Send<T>(EventEntry entry, Func<EventEntry, T> what)
    {
        lock (_lock)
        {
            entry.Waiting = false;
            return what(entry);
        }
    }

    public void Sent(EventEntry entry)
    {
        lock (_lock)
        {
            entry.Created = true;
        }
    }

    /// <summary>The API does not have it (any more).</summary>
    public void Lost(EventEntry entry)
    {
        lock (_lock)
        {
            entry.Renew(time.GetUtcNow());
        }
    }

    private bool Enqueue(EventEntry entry)
    {
        if (_waiting.Count >= MostWaiting)
        {
            return false;
        }
        entry.Waiting = true;
        _waiting.Enqueue(entry);
        return true;
    }

    /// <summary>By the clock that nobody sets: after a jump of the other one, Events would be counted together for as long as it jumped.</summary>
    private bool IsRecent(EventEntry entry) => time.GetElapsedTime(entry.LastTimestamp) < Together;

    private bool HasRoom()
    {
        if (_waiting.Count >= MostWaiting)
        {
            return false;
        }
        if (_known.Count >= MostKnown)
        {
            foreach (var (key, _) in _known.Where(k => !k.Value.Waiting && !IsRecent(k.Value)).ToArray())
            {
                _known.Remove(key);
            }
        }
        return _known.Count < MostKnown;
    }
}
