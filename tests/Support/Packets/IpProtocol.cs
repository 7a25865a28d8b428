namespace Netweir.Support.Packets;

/// <summary>IANA protocol numbers.</summary>
public static class IpProtocol
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Icmp6 = 58;
    public const byte NoNextHeader = 59;
    public const byte Sctp = 132;
}
