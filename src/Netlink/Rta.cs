namespace Netweir.Netlink;

/// <summary>Route attributes (linux/rtnetlink.h).</summary>
internal static class Rta
{
    public const int Destination = 1;
    public const int OutputInterface = 4;
    public const int Gateway = 5;
    public const int Priority = 6;
    public const int PreferredSource = 7;
    public const int Metrics = 8;
    public const int Multipath = 9;
    public const int Table = 15;
    public const int Via = 18;

    public const int MetricMtu = 2;
    public const int NextHopOnLink = 4;
    public const int Cloned = 0x200;
}
