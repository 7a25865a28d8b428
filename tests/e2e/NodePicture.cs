using System.Security.Cryptography;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Everything of a node that Netweir could have touched, as lines of text: two pictures can be compared.</summary>
internal sealed class NodePicture
{
    /// <summary>Counters, and what cannot be read.</summary>
    private static readonly string[] NoSettings = ["nf_conntrack_count", "stable_secret", "flush", "ipfrag_secret_interval"];
    private readonly SortedSet<string> _lines;

    private NodePicture(IEnumerable<string> lines) => _lines = new SortedSet<string>(lines, StringComparer.Ordinal);

    public static NodePicture Of(LabNode node) => new(
    [
        .. Ask(node, "ip", "-o", "-d", "link", "show"),
        .. Ask(node, "ip", "-o", "addr", "show"),
        .. Ask(node, "tc", "qdisc", "show"),
        .. Filters(node),
        .. Ask(node, "ip", "-4", "route", "show", "table", "all"),
        .. Ask(node, "ip", "-6", "route", "show", "table", "all"),
        .. Ask(node, "ip", "-4", "rule", "show"),
        .. Ask(node, "ip", "-6", "rule", "show"),
        .. Ask(node, "ip", "neigh", "show", "nud", "permanent"),
        .. Ask(node, "ip", "neigh", "show", "proxy"),
        .. Ask(node, "nft", "list", "ruleset"),
        .. Settings(node),
        .. Files(node),
        .. Pins(node),
    ]);

    public int Count(string beginning) => _lines.Count(l => l.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Lines that came, with +, and that went, with -; empty for equal pictures.</summary>
    public string ChangesTo(NodePicture later) => string.Join('\n',
        _lines.Except(later._lines).Select(l => $"- {l}").Concat(later._lines.Except(_lines).Select(l => $"+ {l}")));

    private static IEnumerable<string> Ask(LabNode node, params string[] command) =>
        node.Run(command).Checked().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"{string.Join(' ', command)}: {l.Trim()}");

    /// <summary>With TCX links: tc does not show them, but their programs are told of by the device.</summary>
    private static IEnumerable<string> Filters(LabNode node)
    {
        using var netlink = Rtnetlink.Open(node.Namespace);
        return [.. from link in netlink.Links.List()
                   from direction in (string[])["ingress", "egress"]
                   from line in Ask(node, "tc", "filter", "show", "dev", link.Name, direction)
                   select line];
    }

    private static List<string> Settings(LabNode node)
    {
        var lines = new List<string>();
        node.Namespace.Run(() =>
        {
            foreach (var path in Directory.EnumerateFiles("/proc/sys/net", "*", SearchOption.AllDirectories).Where(p => !NoSettings.Contains(Path.GetFileName(p))))
            {
                if ((File.GetUnixFileMode(path) & UnixFileMode.UserRead) != 0)
                {
                    lines.Add($"setting {path} = {File.ReadAllText(path).Trim()}");
                }
            }
        });
        return lines;
    }

    private static IEnumerable<string> Files(LabNode node) =>
        from path in Directory.EnumerateFileSystemEntries(node.Directory, "*", SearchOption.AllDirectories)
        where path != node.AgentLog
        select $"file {path} {File.GetUnixFileMode(path)} {(File.Exists(path) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))) : "directory")}";

    private static IEnumerable<string> Pins(LabNode node) => Directory.Exists(node.BpfRoot)
        ? Directory.EnumerateFileSystemEntries(node.BpfRoot, "*", SearchOption.AllDirectories).Append(node.BpfRoot).Select(p => $"pin {p}")
        : [];
}
