namespace Netweir.Support.Packets;

/// <param name="Id">16 bits in IPv4, 32 in IPv6.</param>
/// <param name="Offset">In bytes, a multiple of 8.</param>
/// <param name="More">More fragments follow.</param>
public readonly record struct FragmentInfo(uint Id, int Offset, bool More);
