using System.Net;

namespace Netweir.Support.Lab;

/// <summary>Addresses of the lab's networks; all of them exist only inside the lab's namespaces.</summary>
internal static class LabSubnet
{
    public static IPAddress WorldIPv4 { get; } = IPAddress.Parse("198.51.100.1");

    public static IPAddress WorldIPv6 { get; } = IPAddress.Parse("2001:db8::1");

    public static string[] ServiceCidrs { get; } = ["10.96.0.0/16", "fd00:10:96::/112"];

    /// <summary>Subnet 0 is the LAN that most nodes share; the others hold one routed node each.</summary>
    public static IPAddress RouterIPv4(int subnet) => IPAddress.Parse($"172.31.{subnet}.1");

    public static IPAddress RouterIPv6(int subnet) => IPAddress.Parse(subnet == 0 ? "fd00:31::1" : $"fd00:31:{subnet}::1");

    public static IPAddress NodeIPv4(int subnet, int node) => IPAddress.Parse($"172.31.{subnet}.{10 + node}");

    public static IPAddress NodeIPv6(int subnet, int node) => IPAddress.Parse(subnet == 0 ? $"fd00:31::{10 + node}" : $"fd00:31:{subnet}::{10 + node}");

    public static string[] PodCidrs(int node) => [$"10.244.{node}.0/24", $"fd00:10:244:{node}::/64"];

    public static IPAddress ClusterIPv4(int service) => IPAddress.Parse($"10.96.0.{9 + service}");

    public static IPAddress ClusterIPv6(int service) => IPAddress.Parse($"fd00:10:96::{9 + service:x}");
}
