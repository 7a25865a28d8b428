using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>
/// Kernel settings that the kernel changes along with another one: forwarding as a whole is each device's. Writing the old value back sets them
/// all alike, so those that were different are written down by themselves.
/// </summary>
public static class SysctlEffects
{
    private const string Forwarding4 = "net/ipv4/ip_forward";
    private const string Forwarding6 = "net/ipv6/conf/all/forwarding";

    /// <summary>The kernel takes redirects where it does not forward.</summary>
    private const string Redirects4 = "net/ipv4/conf/all/accept_redirects";

    /// <summary>Entries for what writing <paramref name="value"/> changes besides and writing the old value would not bring back. To be called before.</summary>
    public static IReadOnlyList<LedgerEntry> Of(string name, string before, string value) =>
    [
        .. from setting in Effects(name)
           let actual = Sysctl.TryRead(setting)
           where actual is not null && actual != After(setting, before)
           select new LedgerEntry { Kind = LedgerKind.Sysctl, Name = setting, Detail = After(setting, value), Before = actual },
    ];

    /// <summary>The setting that this one follows, or null.</summary>
    internal static string? CauseOf(string name) => name switch
    {
        Forwarding4 or Forwarding6 => null,
        Redirects4 => Forwarding4,
        _ when name.EndsWith("/forwarding", StringComparison.Ordinal) => name.StartsWith("net/ipv6/", StringComparison.Ordinal) ? Forwarding6 : Forwarding4,
        _ => null,
    };

    /// <summary>What the kernel makes of <paramref name="effect"/> when the setting that it follows gets <paramref name="value"/>.</summary>
    internal static string After(string effect, string value) => effect != Redirects4 ? value : value == "0" ? "1" : "0";

    private static IEnumerable<string> Effects(string name) => name switch
    {
        Forwarding4 => Devices("net/ipv4/conf").Append(Redirects4),
        Forwarding6 => Devices("net/ipv6/conf"),
        _ => [],
    };

    private static IEnumerable<string> Devices(string directory) =>
        Sysctl.Children(directory).Where(d => d != "all" && !NetworkNames.IsOwn(d)).Select(d => $"{directory}/{d}/forwarding");
}
