namespace Netweir.Controller;

/// <summary>
/// Whether what the API said is in the datapath in time, as kube-proxy's health server decides it: unhealthy once a change, or a turn of the
/// loop, has waited for longer than <see cref="Allowed"/>. Thread-safe.
/// </summary>
internal sealed class ProxyHealth(TimeProvider time)
{
    /// <summary>Twice the time between two complete turns, as in kube-proxy.</summary>
    public static readonly TimeSpan Allowed = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private DateTimeOffset? _lastQueued;
    private DateTimeOffset? _lastUpdated;
    private long? _waitingSince;
    private long? _cameMeanwhile;
    private bool _turning;

    /// <summary>Null before the first one.</summary>
    public DateTimeOffset? LastQueued => Locked(ref _lastQueued);

    /// <summary>When a turn last came to its end. Null before the first one.</summary>
    public DateTimeOffset? LastUpdated => Locked(ref _lastUpdated);

    public DateTimeOffset Now => time.GetUtcNow();

    public bool Healthy
    {
        get
        {
            lock (_lock)
            {
                return _waitingSince is not { } since || time.GetElapsedTime(since) < Allowed;
            }
        }
    }

    /// <summary>The API said something new. While its first lists are not complete, no turn is due.</summary>
    public void Queued(bool complete)
    {
        lock (_lock)
        {
            if (!complete)
            {
                return;
            }
            _lastQueued = time.GetUtcNow();
            _waitingSince ??= time.GetTimestamp();
            if (_turning)
            {
                _cameMeanwhile ??= time.GetTimestamp();
            }
        }
    }

    /// <summary>A turn begins, whether something is new or not.</summary>
    public void Started()
    {
        lock (_lock)
        {
            (_turning, _cameMeanwhile) = (true, null);
            _waitingSince ??= time.GetTimestamp();
        }
    }

    /// <summary>The turn wrote everything that was queued before it began. A turn that fails does not come here.</summary>
    public void Updated()
    {
        lock (_lock)
        {
            _lastUpdated = time.GetUtcNow();
            (_turning, _waitingSince, _cameMeanwhile) = (false, _cameMeanwhile, null);
        }
    }

    private DateTimeOffset? Locked(ref DateTimeOffset? value)
    {
        lock (_lock)
        {
            return value;
        }
    }
}
