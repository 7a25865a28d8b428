using System.Net;
using Netweir.Loader;
using Netweir.Maps;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>What is decided when the programs are loaded.</summary>
internal static class DatapathConfig
{
    /// <summary><paramref name="features"/> are this kernel's.</summary>
    public static Config Compute(AgentOptions options, NodeFacts own, Devices devices, KernelFeatures features) => new()
    {
        NodeIpv4 = AddressOf(own.InternalIPv4),
        NodeIpv6 = AddressOf(own.InternalIPv6),
        HostIpv4 = AddressOf(NetworkNames.GatewayIPv4),
        HostIpv6 = AddressOf(NetworkNames.GatewayIPv6),
        HostIfindex = (uint)devices.Host,
        NetIfindex = (uint)devices.Net,
        OverlayIfindex = (uint)devices.Overlay,
        Vni = options.Vni,
        HostMac = MacOf(NetworkNames.HostMac),
        NetMac = MacOf(NetworkNames.NetMac),
        VxlanPort = Be16.From(options.VxlanPort),
        SnatPortMin = options.SnatPorts.Min,
        SnatPortMax = options.SnatPorts.Max,
        MasqueradeIpv4 = Bool(options.MasqueradeIPv4),
        MasqueradeIpv6 = Bool(options.MasqueradeIPv6),
        VxlanInBpf = Bool(VxlanInBpf(own, features)),
        DecapL3Flags = Bool(features.DecapL3Flags),
        CsumIpv6Flag = Bool(features.CsumIpv6Flag),
    };

    /// <summary>Without the flags to unpack into IPv6, the device does it; IPv4 alone does without them.</summary>
    private static bool VxlanInBpf(NodeFacts own, KernelFeatures features) =>
        features.EncapL2Eth && (features.DecapL3Flags || own.PodCidrs.All(c => c.IsIPv4()));

    private static Address AddressOf(IPAddress? address) => address is null ? default : Address.From(address);

    private static byte Bool(bool value) => value ? (byte)1 : (byte)0;

    /// <summary>As maps hold it.</summary>
    public static Mac MacOf(MacAddress mac)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Length];
        mac.CopyTo(bytes);
        return new Mac(bytes);
    }
}
