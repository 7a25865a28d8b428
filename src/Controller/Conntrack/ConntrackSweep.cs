using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Controller;

/// <summary>Walks nw_conntrack in bounded steps and deletes what is over. A walk's end starts the next one.</summary>
internal sealed class ConntrackSweep(IBpfMap<FlowTuple, ConntrackEntry> map) : IDisposable
{
    private IEnumerator<KeyValuePair<FlowTuple, ConntrackEntry>>? _walk;
    private int _seen;

    /// <summary>How many entries the last complete walk met and left; 0 before.</summary>
    public int Entries { get; private set; }

    /// <summary>
    /// Looks at no more than <paramref name="limit"/> entries, or to the end of the walk. <paramref name="now"/> is CLOCK_MONOTONIC in ns.
    /// Returns the number of entries deleted.
    /// </summary>
    public int Step(ulong now, int limit)
    {
        _walk ??= map.Entries().GetEnumerator();
        var deleted = 0;
        for (var i = 0; i < limit; i++)
        {
            if (!_walk.MoveNext())
            {
                (Entries, _seen) = (_seen, 0);
                _walk.Dispose();
                _walk = null;
                return deleted;
            }
            var gone = Visit(_walk.Current.Key, _walk.Current.Value, now);
            _seen += gone == 0 ? 1 : 0;
            deleted += gone;
        }
        return deleted;
    }

    public void Dispose() => _walk?.Dispose();

    private int Visit(in FlowTuple key, in ConntrackEntry entry, ulong now)
    {
        var otherKey = ConntrackExpiry.OtherKey(entry);
        if (ConntrackExpiry.IsReply(entry))
        {
            // A pair is judged when the walk meets its original.
            return ConntrackExpiry.IsOrphanOver(entry, now) && !map.TryLookup(otherKey, out _) ? Delete(key) : 0;
        }
        if (!ConntrackExpiry.IsOver(key, entry, reply: null, now))
        {
            return 0;
        }
        // The walk's copy may be old by now, and a reply counts as well.
        if (!map.TryLookup(key, out var fresh))
        {
            return 0;
        }
        ConntrackEntry? reply = map.TryLookup(otherKey, out var found) && ConntrackExpiry.IsReply(found) ? found : null;
        if (!ConntrackExpiry.IsOver(key, fresh, reply, now))
        {
            return 0;
        }
        return Delete(key) + (reply is null ? 0 : Delete(otherKey));
    }

    private int Delete(in FlowTuple key) => map.Delete(key) ? 1 : 0;
}
