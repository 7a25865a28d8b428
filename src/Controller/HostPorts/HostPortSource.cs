using Netweir.Controller.Services;

namespace Netweir.Controller;

/// <summary>The host ports of this node's pods, handed from the loop that reads the records to the services' loop. Thread-safe.</summary>
internal sealed class HostPortSource(Trigger services)
{
    private volatile IReadOnlyList<DesiredService>? _current;

    /// <summary>Null until the records were read. Another list whenever something changed.</summary>
    public IReadOnlyList<DesiredService>? Current => _current;

    /// <summary>Wakes the services' loop.</summary>
    public void Set(IReadOnlyList<DesiredService> all)
    {
        _current = all;
        services.Pull();
    }
}
