using System.Globalization;

namespace Netweir.Datapath.Tests.Harness;

/// <summary>The addresses of the two-node cluster in one family.</summary>
internal sealed record Net
{
    public required Family Family { get; init; }
    public required string NodeA { get; init; }
    public required string NodeB { get; init; }
    public required string HostA { get; init; }
    public required string HostB { get; init; }
    public required string PodsA { get; init; }
    public required string PodsB { get; init; }
    public required string Services { get; init; }

    /// <summary>Pods of node A.</summary>
    public required string A1 { get; init; }
    public required string A2 { get; init; }

    /// <summary>Of A's range, but no pod.</summary>
    public required string NoPod { get; init; }

    /// <summary>Pods of node B.</summary>
    public required string B1 { get; init; }
    public required string B2 { get; init; }
    public required string Vip { get; init; }
    public required string Vip2 { get; init; }
    /// <summary>In the world; the kernel's routes lead there from pods' addresses only.</summary>
    public required string WorldForPods { get; init; }

    public required string World { get; init; }

    /// <summary>Outside of the cluster, but not masqueraded.</summary>
    public required string Office { get; init; }
    public required string OfficeRange { get; init; }

    /// <summary>A router on the way to the world.</summary>
    public required string Router { get; init; }
    public required string Multicast { get; init; }
    public required string LinkLocal { get; init; }

    public bool IsIPv6 => Family == Family.IPv6;

    public int HeaderSize => IsIPv6 ? IPv6Header.Size : IPv4Header.MinimumSize;

    public static Net V4 { get; } = new()
    {
        Family = Family.IPv4,
        NodeA = "192.0.2.1",
        NodeB = "192.0.2.2",
        HostA = "169.254.7.1",
        HostB = "169.254.7.2",
        PodsA = "10.244.1.0/24",
        PodsB = "10.244.2.0/24",
        Services = "10.96.0.0/16",
        A1 = "10.244.1.2",
        A2 = "10.244.1.3",
        NoPod = "10.244.1.99",
        B1 = "10.244.2.2",
        B2 = "10.244.2.3",
        Vip = "10.96.0.10",
        Vip2 = "10.96.0.11",
        World = "198.51.100.9",
        WorldForPods = "198.51.100.77",
        Office = "203.0.113.5",
        OfficeRange = "203.0.113.0/24",
        Router = "198.51.100.1",
        Multicast = "224.0.0.251",
        LinkLocal = "255.255.255.255",
    };

    public static Net V6 { get; } = new()
    {
        Family = Family.IPv6,
        NodeA = "2001:db8::1",
        NodeB = "2001:db8::2",
        HostA = "fd00:7::1",
        HostB = "fd00:7::2",
        PodsA = "fd00:10:1::/64",
        PodsB = "fd00:10:2::/64",
        Services = "fd00:96::/112",
        A1 = "fd00:10:1::2",
        A2 = "fd00:10:1::3",
        NoPod = "fd00:10:1::99",
        B1 = "fd00:10:2::2",
        B2 = "fd00:10:2::3",
        Vip = "fd00:96::10",
        Vip2 = "fd00:96::11",
        World = "2001:db8:9::9",
        WorldForPods = "2001:db8:9::77",
        Office = "2001:db8:5::5",
        OfficeRange = "2001:db8:5::/48",
        Router = "2001:db8:9::1",
        Multicast = "ff02::fb",
        LinkLocal = "fe80::1234",
    };

    public static Net Of(Family family) => family == Family.IPv4 ? V4 : V6;

    /// <summary>`address:port`, IPv6 in brackets.</summary>
    public static string At(string address, int port) => address.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{address}]:{port}")
        : string.Create(CultureInfo.InvariantCulture, $"{address}:{port}");

    public static Packet Syn(string from, int fromPort, string to, int toPort) => Packet.Tcp(At(from, fromPort), At(to, toPort)).Syn();

    public static Packet Tcp(string from, int fromPort, string to, int toPort) => Packet.Tcp(At(from, fromPort), At(to, toPort)).Ack();

    public static Packet Udp(string from, int fromPort, string to, int toPort, string payload = "question") =>
        Packet.Udp(At(from, fromPort), At(to, toPort)).Payload(payload);
}
