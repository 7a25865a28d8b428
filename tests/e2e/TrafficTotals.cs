using System.Globalization;

namespace Netweir.E2e.Tests;

/// <summary>What all loads of a run came to.</summary>
internal sealed record TrafficTotals(long TcpRequests, long UdpRequests, long Exchanges, int Connections, long Lost, long Resets, TimeSpan Slowest)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"TCP requests {TcpRequests}, UDP requests {UdpRequests}, long connections {Connections} with {Exchanges} exchanges; lost {Lost}, resets {Resets}; slowest {Slowest.TotalMilliseconds:F0} ms");
}
