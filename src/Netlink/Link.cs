using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Netweir.Netlink;

/// <summary>A network interface as the kernel reports it.</summary>
public sealed record Link
{
    public required int Index { get; init; }

    public required string Name { get; init; }

    public required LinkFlags Flags { get; init; }

    public required int Mtu { get; init; }

    /// <summary>Zero for devices without an Ethernet address.</summary>
    public MacAddress Mac { get; init; }

    /// <summary><c>veth</c>, <c>vxlan</c>, <c>bridge</c> and so on; null for physical devices and loopback.</summary>
    public string? Kind { get; init; }

    /// <summary>A VXLAN device's UDP port, host byte order; 0 for others.</summary>
    public ushort VxlanPort { get; init; }

    /// <summary>Kernel id of the XDP program at the device; 0 without one.</summary>
    public uint XdpProgramId { get; init; }

    /// <summary>IFLA_LINK: a veth's peer, a VLAN's lower device. In the namespace <see cref="LinkNamespaceId"/> when that is not null.</summary>
    public int? PeerIndex { get; init; }

    /// <summary>IFLA_LINK_NETNSID, when the peer is in another namespace.</summary>
    public int? LinkNamespaceId { get; init; }

    /// <summary>Index of the bridge, bond or VRF that the device is part of.</summary>
    public int? Master { get; init; }

    /// <summary>The largest <see cref="Netlink.OffloadSizes.Gso"/> that the device takes, in bytes; 0 when the kernel does not say (before 5.19).</summary>
    public int TsoMaxSize { get; init; }

    public OffloadSizes OffloadSizes { get; init; }

    /// <summary>IPv4 rp_filter of the device; null when the kernel does not say.</summary>
    public int? ReversePathFilter { get; init; }

    /// <summary>IPv6 accept_ra of the device; null where there is no IPv6.</summary>
    public int? AcceptRouterAdvertisements { get; init; }

    /// <summary>IPv6 disable_ipv6 of the device; null where there is no IPv6.</summary>
    public bool? IPv6Disabled { get; init; }

    public bool IsUp => Flags.HasFlag(LinkFlags.Up);

    internal static Link Parse(ReadOnlySpan<byte> body)
    {
        int index = MemoryMarshal.Read<int>(body[4..]);
        int flags = MemoryMarshal.Read<int>(body[8..]);
        var link = new Link { Index = index, Name = string.Empty, Flags = (LinkFlags)flags, Mtu = 0 };
        foreach (NetlinkAttribute attribute in new AttributeReader(body[16..]))
        {
            link = attribute.Type switch
            {
                Ifla.IfName => link with { Name = attribute.ReadString() },
                Ifla.Mtu => link with { Mtu = attribute.Read<int>() },
                Ifla.Address => link with { Mac = attribute.ReadMac() },
                Ifla.Link => link with { PeerIndex = attribute.Read<int>() },
                Ifla.LinkNetnsId => link with { LinkNamespaceId = attribute.Read<int>() },
                Ifla.Master => link with { Master = attribute.Read<int>() },
                Ifla.AfSpec => WithSettings(link, attribute),
                Ifla.LinkInfo => link.WithInfo(attribute),
                Ifla.TsoMaxSize => link with { TsoMaxSize = attribute.Read<int>() },
                Ifla.GsoMaxSize => link with { OffloadSizes = link.OffloadSizes with { Gso = attribute.Read<int>() } },
                Ifla.GroMaxSize => link with { OffloadSizes = link.OffloadSizes with { Gro = attribute.Read<int>() } },
                Ifla.GsoIPv4MaxSize => link with { OffloadSizes = link.OffloadSizes with { GsoIPv4 = attribute.Read<int>() } },
                Ifla.GroIPv4MaxSize => link with { OffloadSizes = link.OffloadSizes with { GroIPv4 = attribute.Read<int>() } },
                Ifla.Xdp => link with { XdpProgramId = Number(attribute, Ifla.XdpProgramId) },
                _ => link,
            };
        }

        return link;
    }

    /// <summary>The kernel reports the settings of each family as an array of 32-bit numbers. IPv4's begins at 1.</summary>
    private static Link WithSettings(Link link, NetlinkAttribute families)
    {
        foreach (NetlinkAttribute family in families.Nested)
        {
            foreach (NetlinkAttribute attribute in family.Nested)
            {
                link = (family.Type, attribute.Type) switch
                {
                    (Libc.AF_INET, Ifla.InetConf) => link with { ReversePathFilter = attribute.ReadAt(Ifla.Ipv4DevconfRpFilter - 1) },
                    (Libc.AF_INET6, Ifla.Inet6Conf) => link with
                    {
                        AcceptRouterAdvertisements = attribute.ReadAt(Ifla.Ipv6DevconfAcceptRa),
                        IPv6Disabled = attribute.ReadAt(Ifla.Ipv6DevconfDisableIpv6) is { } disabled ? disabled != 0 : null,
                    },
                    _ => link,
                };
            }
        }

        return link;
    }

    private Link WithInfo(NetlinkAttribute linkInfo)
    {
        Link link = this;
        foreach (NetlinkAttribute attribute in linkInfo.Nested)
        {
            link = attribute.Type switch
            {
                Ifla.InfoKind => link with { Kind = attribute.ReadString() },
                Ifla.InfoData when link.Kind == "vxlan" => link with { VxlanPort = BinaryPrimitives.ReverseEndianness((ushort)Number(attribute, Ifla.VxlanPort)) },
                _ => link,
            };
        }

        return link;
    }

    /// <summary>Of 2 or 4 bytes; 0 when it is not there.</summary>
    private static uint Number(NetlinkAttribute parent, int type)
    {
        foreach (NetlinkAttribute attribute in parent.Nested)
        {
            if (attribute.Type == type)
            {
                return attribute.Value.Length >= 4 ? attribute.Read<uint>() : attribute.Read<ushort>();
            }
        }

        return 0;
    }
}
