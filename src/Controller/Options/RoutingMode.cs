namespace Netweir.Controller;

/// <summary>How packets reach the pods of other nodes.</summary>
internal enum RoutingMode
{
    /// <summary>Per peer: direct where the kernel has a route to its InternalIP without a gateway, VXLAN elsewhere.</summary>
    Auto,

    /// <summary>Every peer's InternalIP is the next hop.</summary>
    Direct,

    /// <summary>Every peer's InternalIP is the tunnel endpoint.</summary>
    Vxlan,
}
