namespace Netweir.Netlink;

/// <summary>Who made a route (RTPROT_*).</summary>
public static class RouteProtocol
{
    public const byte Any = 0;
    public const byte Kernel = 2;
    public const byte Boot = 3;
    public const byte Static = 4;

    /// <summary>Every route that Netweir makes, and only those.</summary>
    public const byte Netweir = 158;
}
