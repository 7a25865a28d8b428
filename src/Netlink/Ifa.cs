namespace Netweir.Netlink;

/// <summary>Address attributes (linux/if_addr.h).</summary>
internal static class Ifa
{
    public const int Address = 1;
    public const int Local = 2;
    public const int Label = 3;
    public const int Flags = 8;
}
