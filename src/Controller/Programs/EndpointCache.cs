using System.Diagnostics;
using Netweir.Endpoints;

namespace Netweir.Controller;

/// <summary>The connected pods. Their records are read again only when one came, went or changed.</summary>
internal sealed class EndpointCache(string stateDir)
{
    /// <summary>Longer than a tick of any file system's clock.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly EndpointStore _store = new(stateDir);
    private readonly string _directory = Path.Combine(stateDir, "endpoints");
    private DateTime _changed;
    private long _seen;
    private IReadOnlyList<EndpointRecord> _ready = [];

    /// <summary>Records of this boot whose pod is connected.</summary>
    public IReadOnlyList<EndpointRecord> Ready()
    {
        // Records are renamed into place, so that the directory's time tells of every change; of one in the same tick the next readings do. Compared
        // for equality alone, and the waiting is by the monotonic clock: the other one may be set at any time.
        var changed = Directory.Exists(_directory) ? Directory.GetLastWriteTimeUtc(_directory) : default;
        var isNew = changed != _changed || _seen == 0;
        if (isNew || Stopwatch.GetElapsedTime(_seen) < Settling)
        {
            _ready = [.. _store.List().Where(r => r.State == EndpointState.Ready && r.BootId == _store.BootId)];
            (_changed, _seen) = (changed, isNew ? Stopwatch.GetTimestamp() : _seen);
        }
        return _ready;
    }
}
