using System.Net;
using Netweir.Maps;

namespace Netweir.Support.Lab;

/// <summary>
/// Tells when agents have applied what the API holds of services and slices: a service of its own changes, and what was written before it is
/// applied with it or earlier, because watches keep the order. Its address is in no test's way.
/// </summary>
internal sealed class LabBarrier(LabServices services)
{
    private const int FirstPort = 1000;
    private const byte Tcp = 6;
    private LabService? _service;
    private int _turns;

    /// <summary>One caller at a time.</summary>
    public async Task PassAsync(IEnumerable<LabNode> nodes, TimeSpan timeout)
    {
        var port = FirstPort + ++_turns;
        // Names of ports join a service with its slices: this backend is applied when both have arrived.
        _service = (_service ?? services.New("barrier")) with { PortNames = [_turns % 2 == 0 ? "tcp" : "mirror"] };
        services.Apply(_service);
        services.SetSlices(_service, [[Backend(port)]]);
        foreach (var node in nodes.Where(n => n.AgentIsRunning))
        {
            using var maps = NetweirMaps.OpenPinned(node.BpfRoot);
            // Backends that are gone are removed last.
            await Wait.UntilAsync($"{node.Name}: the agent applies services", timeout, () => Has(maps, port) && !Has(maps, port - 1));
        }
    }

    private static bool Has(NetweirMaps maps, int port) =>
        maps.BackendRefs.TryLookup(new FrontendKey { Address = LabSubnet.BarrierIPv4, Port = Be16.From(port), Protocol = Tcp }, out _);

    private static LabBackend Backend(int port) => new()
    {
        Name = "barrier",
        Node = "nowhere",
        IPv4 = LabSubnet.BarrierIPv4,
        IPv6 = LabSubnet.BarrierIPv6,
        Port = port,
        MirrorPort = port,
    };
}
