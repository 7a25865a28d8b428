namespace Netweir.Netlink;

/// <summary>What a <see cref="NetlinkMonitor"/> listens to; both families. Values are bits of the kernel's multicast groups.</summary>
[Flags]
public enum MonitorGroups
{
    None = 0,
    Links = 1 << 0,
    Neighbours = 1 << 2,
    Addresses = (1 << 4) | (1 << 8),
    Routes = (1 << 6) | (1 << 10),
    Rules = (1 << 7) | (1 << 18),
    All = Links | Neighbours | Addresses | Routes | Rules,
}
