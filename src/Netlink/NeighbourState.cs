namespace Netweir.Netlink;

/// <summary>State of a neighbour entry (NUD_*).</summary>
[Flags]
public enum NeighbourState
{
    None = 0,
    Incomplete = 0x01,
    Reachable = 0x02,
    Stale = 0x04,
    Delay = 0x08,
    Probe = 0x10,
    Failed = 0x20,
    NoArp = 0x40,
    Permanent = 0x80,
}
