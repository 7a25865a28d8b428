using System.Net;

namespace Netweir.Bench.Scenarios;

/// <summary>A service that nobody uses: one TCP port, two backends that are nowhere.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Address">Of the service.</param>
/// <param name="Backends">Addresses and ports.</param>
public sealed record FillService(string Name, IPAddress Address, IReadOnlyList<IPEndPoint> Backends)
{
    public const int Port = 80;

    /// <summary>Where their addresses are from.</summary>
    public const string ServiceCidr = "10.112.0.0/12";

    public static FillService Number(int number)
    {
        // Of a pod range that no node has; each backend is another one's.
        IPEndPoint Backend(int n) => new(IPAddress.Parse($"10.245.{n % 50_000 / 250}.{1 + n % 250}"), 8000 + n / 50_000);
        return new FillService(
            $"fill-{number:00000}",
            IPAddress.Parse($"10.{112 + number / 62_500}.{number % 62_500 / 250}.{1 + number % 250}"),
            [Backend(2 * number), Backend(2 * number + 1)]);
    }
}
