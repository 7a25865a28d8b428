using System.Net;

namespace Netweir.Controller;

/// <summary>
/// The addresses of services outside of the service ranges (load balancers', externalIPs), handed from the services' loop to the node's, which
/// routes this host's processes there. Thread-safe.
/// </summary>
internal sealed class ExternalAddresses(Trigger node)
{
    private volatile IReadOnlySet<IPAddress>? _current;

    /// <summary>Null until they are known: then nothing of an earlier agent is taken away.</summary>
    public IReadOnlySet<IPAddress>? Current => _current;

    /// <summary><paramref name="all"/> is not changed any more. Wakes the node's loop when it says something new.</summary>
    public void Set(IReadOnlySet<IPAddress> all)
    {
        var before = _current;
        if (ReferenceEquals(before, all) || before?.SetEquals(all) == true)
        {
            return;
        }
        _current = all;
        node.Pull();
    }
}
