using Microsoft.Extensions.Logging;

namespace Netweir.Controller;

/// <summary>Tells once how each peer is reached, and again when that changes.</summary>
internal sealed class PeerLog(ILogger logger)
{
    private Dictionary<string, string> _told = new(StringComparer.Ordinal);

    public void Log(IReadOnlyList<PeerWays> peers)
    {
        var now = new Dictionary<string, string>(peers.Count, StringComparer.Ordinal);
        foreach (var peer in peers)
        {
            var text = $"IPv4 {peer.IPv4}, IPv6 {peer.IPv6}";
            now[peer.Peer.Name] = text;
            if (!_told.TryGetValue(peer.Peer.Name, out var before) || before != text)
            {
                NodeLog.Peer(logger, peer.Peer.Name, text);
            }
        }
        _told = now;
    }
}
