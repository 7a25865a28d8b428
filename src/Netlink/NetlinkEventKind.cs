namespace Netweir.Netlink;

/// <summary>What a <see cref="NetlinkEvent"/> is about.</summary>
public enum NetlinkEventKind
{
    /// <summary>The kernel dropped events because the reader was too slow: read everything again.</summary>
    Resync,
    Link,
    Address,
    Route,
    Neighbour,
    Rule,
}
