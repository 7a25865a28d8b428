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
        // A pair is judged when the walk meets its original.
        return ConntrackExpiry.IsReply(entry) ? VisitOrphan(key, entry, now) : VisitOriginal(key, entry, now);
    }

    /// <summary>The walk's copy may be a second old. By now a new flow may have this tuple, and a hook has deleted the original of the flow that had it before.</summary>
    private int VisitOrphan(in FlowTuple key, in ConntrackEntry entry, ulong now)
    {
        if (!ConntrackExpiry.IsOrphanOver(entry, now) || (map.TryLookup(ConntrackExpiry.OtherKey(entry), out var other) && ConntrackExpiry.OtherKey(other) == key))
        {
            return 0;
        }

        return map.TryLookup(key, out var fresh) && fresh == entry ? Delete(key, entry) : 0;
    }

    private int VisitOriginal(in FlowTuple key, in ConntrackEntry entry, ulong now)
    {
        if (!ConntrackExpiry.IsOver(key, entry, reply: null, now))
        {
            return 0;
        }

        // The walk's copy may be old here, too; and a reply counts as well.
        if (!map.TryLookup(key, out var fresh))
        {
            return 0;
        }

        var otherKey = ConntrackExpiry.OtherKey(fresh);
        ConntrackEntry? reply = map.TryLookup(otherKey, out var found) && ConntrackExpiry.IsReply(found) && ConntrackExpiry.OtherKey(found) == key ? found : null;
        if (!ConntrackExpiry.IsOver(key, fresh, reply, now) || Delete(key, fresh) == 0)
        {
            return 0;
        }

        return 1 + (reply is null ? 0 : Delete(otherKey, reply.Value));
    }

    /// <summary>
    /// Deletes what was found to be over, if it still is what it was. A hook may have given its tuple to a new flow since, all the more as this process
    /// can lose its processor between any two calls: such an entry is put back. It is missing between these two, which needs a second coincidence to
    /// harm: user space cannot compare and delete in one.
    /// </summary>
    private int Delete(in FlowTuple key, in ConntrackEntry over)
    {
        if (!map.TryTake(key, out var taken))
        {
            return 0;
        }

        if (taken == over)
        {
            return 1;
        }

        // False: the hooks have made another one already.
        _ = map.TryAdd(key, taken);
        return 0;
    }
}
