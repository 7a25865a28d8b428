using System.Numerics;

namespace Netweir.Support.Packets;

/// <summary>SCTP's checksum (RFC 9260, appendix A).</summary>
internal static class Crc32C
{
    /// <summary>As a number; the wire holds it least significant byte first.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }
        return ~crc;
    }
}
