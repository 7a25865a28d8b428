using System.Runtime.InteropServices;
using Netweir.Netlink;

namespace Netweir.Cni;

/// <summary>struct endpoint, the value of nw_endpoints (bpf/endpoints.h): where a pod's packets go.</summary>
internal readonly record struct EndpointEntry(int InterfaceIndex, MacAddress PodMac, MacAddress HostMac)
{
    public const int Length = 16;

    public static EndpointEntry Read(ReadOnlySpan<byte> bytes) =>
        new(MemoryMarshal.Read<int>(bytes), new MacAddress(bytes[4..10]), new MacAddress(bytes[10..16]));

    public void CopyTo(Span<byte> bytes)
    {
        MemoryMarshal.Write(bytes, InterfaceIndex);
        PodMac.CopyTo(bytes[4..]);
        HostMac.CopyTo(bytes[10..]);
    }
}
