using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Netweir.Endpoints;

/// <summary>
/// The usable addresses of a pod range by position. IPv4 leaves out the network and the broadcast address (of /31 and /32 nothing), IPv6 the
/// subnet-router anycast address (RFC 4291, 2.6.1).
/// </summary>
public readonly record struct AddressRange
{
    private readonly UInt128 _first;

    public AddressRange(IPNetwork network)
    {
        Network = network;
        int hostBits = (IsIPv4 ? 32 : 128) - network.PrefixLength;
        UInt128 size = hostBits >= 64 ? ulong.MaxValue : UInt128.One << hostBits;
        int reservedAtStart = hostBits >= 2 || (hostBits == 1 && !IsIPv4) ? 1 : 0;
        int reservedAtEnd = IsIPv4 && hostBits >= 2 ? 1 : 0;
        _first = ToNumber(network.BaseAddress) + (uint)reservedAtStart;
        Count = (ulong)(size - (uint)(reservedAtStart + reservedAtEnd));
    }

    public IPNetwork Network { get; }

    /// <summary>How many addresses can be given out; at most 2^64 are looked at.</summary>
    public ulong Count { get; }

    public bool IsIPv4 => Network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;

    public IPAddress this[ulong position]
    {
        get
        {
            UInt128 value = _first + position;
            if (IsIPv4)
            {
                Span<byte> four = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(four, (uint)value);
                return new IPAddress(four);
            }

            Span<byte> sixteen = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(sixteen, value);
            return new IPAddress(sixteen);
        }
    }

    /// <summary>The position of an address; null for one outside, or reserved.</summary>
    public ulong? PositionOf(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!Network.Contains(address))
        {
            return null;
        }

        UInt128 value = ToNumber(address);
        return value >= _first && value - _first < Count ? (ulong)(value - _first) : null;
    }

    private static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int count);
        return count == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
