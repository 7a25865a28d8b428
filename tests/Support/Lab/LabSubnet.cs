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

    /// <summary>A node's other address on its LAN.</summary>
    public static IPAddress SecondNodeIPv4(int node) => IPAddress.Parse($"172.31.0.{110 + node}");

    public static IPAddress SecondNodeIPv6(int node) => IPAddress.Parse($"fd00:31::{110 + node}");

    /// <summary>Of clients on the LAN; number 0 to 39.</summary>
    public static IPAddress OutsideIPv4(int number) => IPAddress.Parse($"172.31.0.{200 + number}");

    public static IPAddress OutsideIPv6(int number) => IPAddress.Parse($"fd00:31::{200 + number}");

    /// <summary>A load balancer outside of the cluster, which answers for itself.</summary>
    public static IPAddress BalancerIPv4 { get; } = IPAddress.Parse("198.51.100.2");

    public static IPAddress BalancerIPv6 { get; } = IPAddress.Parse("2001:db8::2");

    /// <summary>Nobody's: only maps see them.</summary>
    public static IPAddress BarrierIPv4 { get; } = IPAddress.Parse("198.51.100.99");

    public static IPAddress BarrierIPv6 { get; } = IPAddress.Parse("2001:db8::99");

    /// <summary>Whence load balancers' and external addresses are: no host has them.</summary>
    public static string[] ExternalRanges { get; } = ["198.18.0.0/15", "2001:db8:18::/64", "2001:db8:19::/64"];

    public static IPAddress ClusterIPv4(int service) => IPAddress.Parse($"10.96.{Number(service)}");

    public static IPAddress ClusterIPv6(int service) => IPAddress.Parse($"fd00:10:96::{9 + service:x}");

    public static IPAddress[] LoadBalancerIPs(int service) => [IPAddress.Parse($"198.18.{Number(service)}"), IPAddress.Parse($"2001:db8:18::{9 + service:x}")];

    public static IPAddress[] ExternalIPs(int service) => [IPAddress.Parse($"198.19.{Number(service)}"), IPAddress.Parse($"2001:db8:19::{9 + service:x}")];

    /// <summary>Two ports for each of up to a thousand services, above those that tests name.</summary>
    public static int NodePort(int service) => 30500 + 2 * service;

    public static int HealthCheckNodePort(int service) => 32600 + service % 160;

    /// <summary>The last two bytes of a service's addresses.</summary>
    private static string Number(int service) => $"{(9 + service) / 250}.{(9 + service) % 250}";
}
