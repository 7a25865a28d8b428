using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>The datapath's hooks, by the names of their programs.</summary>
internal static class HookNames
{
    public static IReadOnlyList<string> All { get; } =
        [.. Enum.GetValues<Hook>().Where(h => h != Hook.Max).Select(h => new DropCount(default, h, 0, 0).HookText)];

    public const string FromPod = "from_pod";
    public const string ToPod = "to_pod";
    public const string FromNetdev = "from_netdev";
    public const string ToNetdev = "to_netdev";
}
