using System.Net;

namespace Netweir.Bench;

/// <summary>
/// Whose address is which: pods at 10.0.0.0/9, a /24 for each node; services at 10.128.0.0/12; nodes at 172.16.0.0/15. No two overlap, nor anything of
/// the lab's own.
/// </summary>
internal static class FleetAddresses
{
    public const string ServiceCidr = "10.128.0.0/12";
    private const uint Pods = 0x0a000000;
    private const uint Services = 0x0a800000;
    private const uint Movers = 0x0ac00000;
    private const uint Nodes = 0xac100000;
    private const int PodsOfNode = 250;

    public static IPAddress Service(int service) => Address(Services + 1 + (uint)service);

    public static IPAddress Node(int node) => Address(Nodes + 1 + (uint)node);

    public static string PodCidr(int node) => $"{Address(Pods + ((uint)node << 8))}/24";

    /// <summary>Of the pod with this number: one after the other goes to the next node.</summary>
    public static IPAddress Pod(int pod, int nodes) => Address(Pods + ((uint)(pod % nodes) << 8) + 1 + (uint)(pod / nodes % PodsOfNode));

    /// <summary>Of a pod that comes to be later.</summary>
    public static IPAddress Mover(int number) => Address(Movers + 1 + ((uint)number & 0x3fffff));

    private static IPAddress Address(uint value) => new([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
}
