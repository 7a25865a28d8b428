using System.Net;

namespace Netweir.Controller;

/// <summary>
/// The way to a peer. <paramref name="Node"/> is the next hop, or the tunnel endpoint of VXLAN; <paramref name="Ifindex"/> the uplink;
/// <paramref name="Mtu"/> the largest IP packet that fits, before encapsulation, in bytes.
/// </summary>
internal readonly record struct Way(WayKind Kind, IPAddress? Node, int Ifindex, int Mtu)
{
    /// <summary>VXLAN over IPv4: 20 (IPv4) + 8 (UDP) + 8 (VXLAN) + 14 (inner Ethernet), RFC 7348 section 5.</summary>
    public const int VxlanOverhead = 50;

    public static Way None { get; }

    public bool IsTunnel => Kind is WayKind.Vxlan or WayKind.VxlanToNeighbour;

    public override string ToString() => Kind == WayKind.None ? "unreachable" : $"{Kind} {Node} ifindex {Ifindex} mtu {Mtu}";
}
