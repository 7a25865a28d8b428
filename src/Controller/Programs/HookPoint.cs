using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>A hook and the direction, in the kernel's words, in which its devices' packets pass it.</summary>
internal sealed record HookPoint(string Hook, TcxDirection Tcx, TcDirection Tc)
{
    public static IReadOnlyList<HookPoint> Uplink { get; } =
    [
        new(HookNames.FromNetdev, TcxDirection.Ingress, TcDirection.Ingress),
        new(HookNames.ToNetdev, TcxDirection.Egress, TcDirection.Egress),
    ];

    /// <summary>Egress: there a packet of this host to itself can still be sent elsewhere.</summary>
    public static IReadOnlyList<HookPoint> Loopback { get; } = [new(HookNames.FromLoopback, TcxDirection.Egress, TcDirection.Egress)];
}
