using System.Net;

namespace Netweir.Bench.Scenarios;

/// <summary>A port of a Service, as kube-proxy's rules have it.</summary>
/// <param name="Name">namespace/name:port.</param>
/// <param name="Protocol">tcp or udp.</param>
/// <param name="Frontend">The cluster IP and the port.</param>
/// <param name="Backends">In the order of the chains.</param>
public sealed record ProxyService(string Name, string Protocol, IPEndPoint Frontend, IReadOnlyList<IPEndPoint> Backends)
{
    /// <summary>Those that nobody uses, and in their middle, which is what a service's chain has before it on average, those that are measured.</summary>
    public static IReadOnlyList<ProxyService> Mix(int count, IReadOnlyList<ProxyService> measured)
    {
        ProxyService[] fill = [.. Enumerable.Range(0, Math.Max(0, count - 1)).Select(n => Of(FillService.Number(n)))];
        return [.. fill[..(fill.Length / 2)], .. measured, .. fill[(fill.Length / 2)..]];
    }

    private static ProxyService Of(FillService service) =>
        new($"fill/{service.Name}:tcp", "tcp", new IPEndPoint(service.Address, FillService.Port), service.Backends);
}
