namespace Netweir.Support.ApiServer;

/// <summary>What a test makes go wrong. Safe for concurrent use.</summary>
public sealed class Faults : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<(Fault Fault, string? Verb, string? Plural)> _next = [];
    private readonly HashSet<string> _absent = new(StringComparer.Ordinal);
    private CancellationTokenSource _drop = new();
    private volatile bool _stalled;

    /// <summary>What <see cref="Fault.TooManyRequests"/> asks for.</summary>
    public int RetryAfterSeconds { get; set; } = 1;

    /// <summary>Whether an expired version in a watch is answered by an ERROR event (as most of the time) or by HTTP status 410.</summary>
    public bool GoneAsEvent { get; set; } = true;

    /// <summary>Running watches keep their connection but send nothing any more, not even bookmarks, until <see cref="ResumeWatches"/>.</summary>
    public bool WatchesStalled => _stalled;

    /// <summary>Token that ends with the next <see cref="DropWatches"/>.</summary>
    internal CancellationToken Drop
    {
        get
        {
            lock (_lock)
            {
                return _drop.Token;
            }
        }
    }

    /// <summary>Spoils the next <paramref name="count"/> requests of a verb (list, watch, get, ...) and resource, where given.</summary>
    public void Next(int count, Fault fault, string? verb = null, string? plural = null)
    {
        lock (_lock)
        {
            _next.AddRange(Enumerable.Repeat((fault, verb, plural), count));
        }
    }

    /// <summary>Forgets faults that no request has met yet.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _next.Clear();
            _stalled = false;
        }
    }

    /// <summary>Tears down every running watch.</summary>
    public void DropWatches()
    {
        CancellationTokenSource old;
        lock (_lock)
        {
            old = _drop;
            _drop = new CancellationTokenSource();
        }

        old.Cancel();
        old.Dispose();
    }

    public void StallWatches() => _stalled = true;

    public void ResumeWatches() => _stalled = false;

    /// <summary>Makes the server not know a resource (404), as an older cluster would, or know it again.</summary>
    public void SetAbsent(string plural, bool absent = true)
    {
        lock (_lock)
        {
            _ = absent ? _absent.Add(plural) : _absent.Remove(plural);
        }
    }

    public void Dispose() => _drop.Dispose();

    internal bool IsAbsent(string plural)
    {
        lock (_lock)
        {
            return _absent.Contains(plural);
        }
    }

    internal Fault? Take(string verb, string plural)
    {
        lock (_lock)
        {
            var index = _next.FindIndex(n => (n.Verb ?? verb) == verb && (n.Plural ?? plural) == plural);
            if (index < 0)
            {
                return null;
            }

            var fault = _next[index].Fault;
            _next.RemoveAt(index);
            return fault;
        }
    }
}
