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

    public static SourceRange Of(SourceRangeKey key) => new(key.Address, key.PrefixLength - ServiceBits);
}
