namespace Netweir.Netlink;

/// <summary>Link attributes (linux/if_link.h).</summary>
internal static class Ifla
{
    public const int Address = 1;
    public const int IfName = 3;
    public const int Mtu = 4;
    public const int Link = 5;
    public const int Master = 10;
    public const int LinkInfo = 18;
    public const int AfSpec = 26;
    public const int NetNsFd = 28;
    public const int ExtMask = 29;
    public const int LinkNetnsId = 37;
    public const int GsoMaxSize = 41;
    public const int Xdp = 43;
    public const int XdpProgramId = 4;
    public const int GroMaxSize = 58;
    public const int TsoMaxSize = 59;
    public const int GsoIPv4MaxSize = 63;
    public const int GroIPv4MaxSize = 64;

    public const int InfoKind = 1;
    public const int InfoData = 2;
    public const int VethInfoPeer = 1;

    public const int VxlanLearning = 7;
    public const int VxlanPort = 15;
    public const int VxlanCollectMetadata = 25;

    public const int InetConf = 1;
    public const int Inet6AddrGenMode = 8;
    public const int Ipv4DevconfRpFilter = 8;
    public const int Inet6Conf = 2;
    public const int Ipv6DevconfAcceptRa = 3;
    public const int Ipv6DevconfDisableIpv6 = 26;

    public const uint ExtFilterSkipStats = 1 << 3;
}
