using System.Globalization;

namespace Netweir.Controller;

/// <summary>Tells loops that go round from loops that are stuck. Thread-safe.</summary>
internal sealed class LoopWatch(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (TimeSpan Allowed, long Beat)> _loops = new(StringComparer.Ordinal);

    /// <summary>Called at every turn; the loop counts as stuck when its next turn takes longer than <paramref name="allowed"/>.</summary>
    public void Beat(string loop, TimeSpan allowed)
    {
        lock (_lock)
        {
            _loops[loop] = (allowed, time.GetTimestamp());
        }
    }

    /// <summary>One line per stuck loop.</summary>
    public IReadOnlyList<string> Stuck()
    {
        lock (_lock)
        {
            return [.. from loop in _loops
                       let since = time.GetElapsedTime(loop.Value.Beat)
                       where since > loop.Value.Allowed
                       select string.Create(CultureInfo.InvariantCulture, $"loop {loop.Key} has not gone round for {since.TotalSeconds:F0} s")];
        }
    }
}
