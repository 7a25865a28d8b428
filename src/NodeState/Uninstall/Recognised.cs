using System.Globalization;

namespace Netweir.NodeState;

/// <summary>What is Netweir's by its name or protocol, wherever it is found: with these, also what an older version made is undone.</summary>
internal static class Recognised
{
    private const string OwnName = "netweir";

    /// <summary>In the order in which they are made.</summary>
    public static IReadOnlyList<LedgerEntry> Entries(UninstallPaths paths) =>
    [
        .. OwnDirectories(paths.BinDirectory).Concat(OwnDirectories(paths.RunDirectory)).Concat(OwnDirectories(paths.StateDirectory))
            .Select(d => Entry(LedgerKind.Directory, d)),
        Entry(LedgerKind.File, Path.Combine(paths.BinDirectory, "ctl")),
        Entry(LedgerKind.File, Path.Combine(paths.CniBinDirectory, "netweir-cni")),
        Entry(LedgerKind.BpfRoot, paths.BpfRoot),
        Entry(LedgerKind.Device, NetworkNames.Host) with { Detail = "veth" },
        Entry(LedgerKind.Device, NetworkNames.Overlay) with { Detail = "vxlan" },
        Entry(LedgerKind.Routes, Netlink.Route.MainTable.ToString(CultureInfo.InvariantCulture)),
        Entry(LedgerKind.Routes, NetworkNames.ExternalTable.ToString(CultureInfo.InvariantCulture)),
        Entry(LedgerKind.Rules, OwnName),
        Entry(LedgerKind.Firewall, NetworkNames.KubeletChain.ToString()),
        Entry(LedgerKind.CniConfig, Path.Combine(paths.CniConfDirectory, NetworkNames.ConflistName)),
    ];

    /// <summary>The directory and those above it, from the top, as far as the way down leads through one of Netweir's name.</summary>
    private static Stack<string> OwnDirectories(string path)
    {
        var own = new Stack<string>();
        for (string? each = Path.TrimEndingDirectorySeparator(path); each is not null && each.Split('/').Contains(OwnName); each = Path.GetDirectoryName(each))
        {
            own.Push(each);
        }

        return own;
    }

    private static LedgerEntry Entry(string kind, string name) => new() { Kind = kind, Name = name };
}
