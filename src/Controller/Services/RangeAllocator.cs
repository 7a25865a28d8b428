using System.Diagnostics.CodeAnalysis;

namespace Netweir.Controller.Services;

/// <summary>
/// Ranges of an array, handed out best-fit. A freed range is reused as late as possible: it waits in a queue, and the oldest go back only
/// when nothing else fits. Every operation is O(log n), amortised for what waits.
/// </summary>
internal sealed class RangeAllocator
{
    private readonly SortedSet<(int Length, int Start)> _bySize = [];
    private readonly Dictionary<int, int> _lengthByStart = [];
    private readonly Dictionary<int, int> _startByEnd = [];
    private readonly Queue<(int Start, int Length)> _waiting = new();

    /// <summary>Everything in [0, <paramref name="capacity"/>) is free but <paramref name="reserved"/>.</summary>
    /// <exception cref="ArgumentException">Two reserved ranges overlap, or one is out of bounds.</exception>
    public RangeAllocator(int capacity, IEnumerable<(int Start, int Length)> reserved)
    {
        var next = 0;
        foreach (var (start, length) in reserved.OrderBy(r => r.Start))
        {
            if (start < next || length <= 0 || length > capacity - start)
            {
                throw new ArgumentException($"range {start}+{length} overlaps another or ends beyond {capacity}", nameof(reserved));
            }

            Add(next, start - next);
            next = start + length;
        }

        Add(next, capacity - next);
        Free = _bySize.Sum(r => r.Length);
    }

    /// <summary>How many elements are in no range, including those that wait.</summary>
    public int Free { get; private set; }

    public bool TryAllocate(int length, [NotNullWhen(true)] out int? start)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        start = null;
        if (length > Free)
        {
            return false;
        }

        while (!TryTake(length, out start))
        {
            if (!_waiting.TryDequeue(out var oldest))
            {
                return false;
            }

            Merge(oldest.Start, oldest.Length);
        }

        Free -= length;
        return true;
    }

    public void Release(int start, int length)
    {
        _waiting.Enqueue((start, length));
        Free += length;
    }

    private bool TryTake(int length, [NotNullWhen(true)] out int? start)
    {
        start = null;
        if (_bySize.Count == 0 || _bySize.Max.Length < length)
        {
            return false;
        }

        // Often the smallest fits, as for single places always; a view costs much more.
        var best = _bySize.Min.Length >= length ? _bySize.Min : _bySize.GetViewBetween((length, 0), (int.MaxValue, 0)).Min;
        Remove(best.Start, best.Length);
        Add(best.Start + length, best.Length - length);
        start = best.Start;
        return true;
    }

    private void Merge(int start, int length)
    {
        if (_startByEnd.TryGetValue(start, out var before))
        {
            length += start - before;
            Remove(before, start - before);
            start = before;
        }

        if (_lengthByStart.TryGetValue(start + length, out var after))
        {
            Remove(start + length, after);
            length += after;
        }

        Add(start, length);
    }

    private void Add(int start, int length)
    {
        if (length > 0)
        {
            _bySize.Add((length, start));
            _lengthByStart.Add(start, length);
            _startByEnd.Add(start + length, start);
        }
    }

    private void Remove(int start, int length)
    {
        _bySize.Remove((length, start));
        _lengthByStart.Remove(start);
        _startByEnd.Remove(start + length);
    }
}
