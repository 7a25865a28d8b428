namespace Netweir.Controller;

/// <summary>The programs of the object, as they are pinned.</summary>
internal static class HookNames
{
    public const string FromPod = "from_pod";
    public const string ToPod = "to_pod";
    public const string FromNetdev = "from_netdev";
    public const string ToNetdev = "to_netdev";
    public const string FromOverlay = "from_overlay";
    public const string FromHost = "from_host";
    public const string FromLoopback = "from_loopback";

    public static IReadOnlyList<string> All { get; } = [FromPod, ToPod, FromNetdev, ToNetdev, FromOverlay, FromHost, FromLoopback];
}
