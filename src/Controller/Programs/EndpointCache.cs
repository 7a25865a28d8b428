using Netweir.Endpoints;

namespace Netweir.Controller;

/// <summary>The connected pods. Their records are read again only when one came, went or changed.</summary>
internal sealed class EndpointCache(string stateDir)
{
    private readonly EndpointStore _store = new(stateDir);
    private readonly string _directory = Path.Combine(stateDir, "endpoints");
    private DateTime _readAt;
    private IReadOnlyList<EndpointRecord> _ready = [];

    /// <summary>Records of this boot whose pod is connected.</summary>
    public IReadOnlyList<EndpointRecord> Ready()
    {
        // Records are renamed into place, so that the directory's time tells of every change; of one in the same tick the next reading does.
        var changed = Directory.Exists(_directory) ? Directory.GetLastWriteTimeUtc(_directory) : default;
        if (changed != _readAt || DateTime.UtcNow - changed < TimeSpan.FromSeconds(2))
        {
            _ready = [.. _store.List().Where(r => r.State == EndpointState.Ready && r.BootId == _store.BootId)];
            _readAt = changed;
        }
        return _ready;
    }
}
