namespace Netweir.Controller;

/// <summary>How a peer's addresses of one family are reached.</summary>
internal enum WayKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Plain, through a neighbour.</summary>
    Direct,

    /// <summary>Encapsulated to the peer's InternalIP.</summary>
    Vxlan,

    /// <summary>The same, and the peer is a neighbour: its InternalIP is the next hop.</summary>
    VxlanToNeighbour,
}
