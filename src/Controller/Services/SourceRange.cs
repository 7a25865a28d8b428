using System.Net;
using System.Net.Sockets;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Clients that reach a Service's load balancer addresses. <paramref name="PrefixLength"/> counts within the 16 bytes: an IPv4 prefix 96 more. The
/// bits after it are zero.
/// </summary>
internal readonly record struct SourceRange(Address Address, uint PrefixLength)
{
    private const uint ServiceBits = 32;

    public SourceRangeKey KeyFor(uint service) => new() { PrefixLength = ServiceBits + PrefixLength, Service = service, Address = Address };

    /// <summary>Of an address's first <paramref name="length"/> bits, at most 32 for IPv4.</summary>
    public static SourceRange Around(IPAddress address, byte length) => new(
        Address.From(Cidrs.Around(address, length).BaseAddress),
        length + (address.AddressFamily == AddressFamily.InterNetwork ? Address.IPv4PrefixOffset : 0u));

    public static SourceRange Of(IPAddress address) => Around(address, (byte)(address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));

    public bool Contains(IPAddress address)
    {
        var own = Address.From(address);
        return own.Family == Address.Family && Around(address, (byte)(PrefixLength - (own.IsIPv4 ? Address.IPv4PrefixOffset : 0))).Address == Address;
    }

    public static SourceRange Of(SourceRangeKey key) => new(key.Address, key.PrefixLength - ServiceBits);
}
