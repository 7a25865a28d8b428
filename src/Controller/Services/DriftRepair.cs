using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Puts right what another writer changed, a bounded part at a time, in make-before-break order. Between two parts the maps may be written: a whole
/// comparison takes longer than a change may wait.
/// </summary>
internal sealed class DriftRepair : IDisposable
{
    private readonly ServiceMaps _maps;
    private readonly ActualMaps _actual;
    private readonly IEnumerator<bool> _steps;

    /// <param name="maps">What there is.</param>
    /// <param name="actual">What there should be.</param>
    /// <param name="lists">Those of nw_slots.</param>
    /// <param name="states">All services.</param>
    public DriftRepair(ServiceMaps maps, ActualMaps actual, IEnumerable<(uint Base, uint Count)> lists, IEnumerable<PortState> states)
    {
        (_maps, _actual) = (maps, actual);
        _steps = Phases([.. lists.OrderBy(l => l.Base)], [.. states]).SelectMany(p => p).GetEnumerator();
    }

    public bool IsDone { get; private set; }

    /// <summary>Looks at so many more entries. Returns how many it put right.</summary>
    /// <exception cref="Loader.BpfException">A map cannot be read or written.</exception>
    public int Step(int entries)
    {
        var before = _maps.Writes;
        for (var i = 0; i < entries && !IsDone; i++)
        {
            IsDone = !_steps.MoveNext();
        }

        return _maps.Writes - before;
    }

    public void Dispose() => _steps.Dispose();

    /// <summary>What stands between two phases is done when the one before is over.</summary>
    private IEnumerable<IEnumerable<bool>> Phases((uint Base, uint Count)[] lists, PortState[] states)
    {
        yield return _actual.ServicesMap.Compare();
        _actual.ServicesMap.RestoreChanged();
        yield return _actual.FrontendsMap.Compare();
        _actual.FrontendsMap.DeleteForeign();
        yield return Backends();
        yield return _actual.ReferencesMap.Compare();
        _actual.ReferencesMap.RestoreChanged();
        yield return Slots(lists);
        yield return _actual.SourceRangesMap.Compare();
        _actual.SourceRangesMap.RestoreChanged();
        if (_actual.ServicesMap.MayHaveLost || _actual.FrontendsMap.MayHaveLost || _actual.ReferencesMap.MayHaveLost || _actual.SourceRangesMap.MayHaveLost)
        {
            yield return Lost(states);
        }

        _actual.FrontendsMap.RestoreChanged();
        _actual.ReferencesMap.DeleteForeign();
        _actual.SourceRangesMap.DeleteForeign();
        _actual.ServicesMap.DeleteForeign();
    }

    private IEnumerable<bool> Backends()
    {
        foreach (var (place, found) in _maps.Backends.Entries())
        {
            _actual.RestoreBackend(place, found);
            yield return true;
        }
    }

    /// <summary>Those of lists alone: what another slot has means nothing.</summary>
    private IEnumerable<bool> Slots((uint Base, uint Count)[] lists)
    {
        var next = 0;
        foreach (var (slot, found) in _maps.Slots.Entries())
        {
            for (; next < lists.Length && slot >= lists[next].Base + lists[next].Count; next++)
            {
            }

            if (next == lists.Length)
            {
                yield break;
            }

            if (slot >= lists[next].Base)
            {
                _actual.RestoreSlot(slot, found);
            }

            yield return true;
        }
    }

    private IEnumerable<bool> Lost(PortState[] states)
    {
        foreach (var state in states)
        {
            _actual.ServicesMap.Restore(state.Id);
            yield return true;
            foreach (var backend in state.Places.Keys.ToArray())
            {
                _actual.ReferencesMap.Restore(backend);
                yield return true;
            }

            foreach (var range in state.SourceRanges.ToArray())
            {
                _actual.SourceRangesMap.Restore(range);
                yield return true;
            }

            foreach (var frontend in state.Frontends.ToArray())
            {
                _actual.FrontendsMap.Restore(frontend);
                yield return true;
            }
        }
    }
}
