namespace Netweir.Loader;

/// <summary>The copies that one upgrade makes.</summary>
internal sealed class MapCopies : IDisposable
{
    private readonly List<MapCopy> _copies = [];

    private MapCopies()
    {
    }

    /// <summary>From what is pinned to what was loaded.</summary>
    public static MapCopies Plan(string root, LoadedObject loaded, IEnumerable<string> maps) =>
        Plan(maps, m => BpfFd.OpenPinned(BpfPaths.Map(root, m), $"map {m}"), m => BpfFd.Duplicate(loaded.Maps[m].Value, $"map {m}"), _ => true);

    /// <summary>From the replaced maps that programs write to those in their places.</summary>
    public static MapCopies OfPrevious(string root, PreviousPins previous) =>
        Plan(previous.Maps, previous.Open, m => BpfFd.OpenPinned(BpfPaths.Map(root, m), $"map {m}"), c => c.IsWrittenByPrograms);

    /// <summary>All maps but those that do not pass; room first, so that nothing is copied in vain.</summary>
    public void CopyAll(Func<string, bool> filter, List<string> report)
    {
        _copies.ForEach(c => c.CheckRoom());
        foreach (MapCopy copy in _copies)
        {
            report.Add(filter(copy.Name) ? $"{copy.Name} with {copy.All()} entries" : copy.Name);
        }
    }

    /// <summary>How many entries were missing in maps that programs write.</summary>
    public int CopyMissing() => _copies.Where(c => c.IsWrittenByPrograms).Sum(c => c.Missing());

    public void Dispose() => _copies.ForEach(c => c.Dispose());

    private static MapCopies Plan(IEnumerable<string> maps, Func<string, BpfFd> from, Func<string, BpfFd> to, Func<MapCopy, bool> filter)
    {
        var plan = new MapCopies();
        try
        {
            foreach (string map in maps.Order(StringComparer.Ordinal))
            {
                using BpfFd old = from(map), now = to(map);
                MapCopy copy = MapCopy.Plan(map, old, now);
                (filter(copy) ? plan._copies.Add : (Action<MapCopy>)(c => c.Dispose()))(copy);
            }

            return plan;
        }
        catch
        {
            plan.Dispose();
            throw;
        }
    }
}
