using System.Globalization;
using System.Text;
using Netweir.Loader;
using Netweir.Maps;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>What the kernel has in this network namespace.</summary>
internal static class NetworkItems
{
    public static IReadOnlyList<BugItem> All { get; } =
    [
        new("network/links.txt", Links), new("network/addresses.txt", Addresses), new("network/routes.txt", Routes), new("network/rules.txt", Rules),
        new("network/neighbours.txt", Neighbours), new("network/programs.txt", Programs), new("network/netfilter.txt", Netfilter),
        new("network/nft-ruleset.txt", () => ExternalProgram.Run("nft", "list", "ruleset")), new("network/settings.txt", Settings),
        .. ((string[])["dev", "snmp", "snmp6", "netstat", "softnet_stat", "sockstat"]).Select(f => new BugItem($"network/proc-net-{f}.txt", () => Proc(f))),
    ];

    private static string Links() => Read(n => Table(
        "index name kind mtu mac up master peer peer_namespace vxlan_port xdp", n.Links.List(),
        l => [l.Index, l.Name, l.Kind, l.Mtu, l.Mac.ToString(), l.IsUp ? "yes" : "no", Number(l.Master), Number(l.PeerIndex), Number(l.LinkNamespaceId), l.VxlanPort, l.XdpProgramId]));

    private static Cell Number(int? number) => number is { } there ? there : default(Cell);

    private static string Addresses() => Read(n => Table(
        "link address prefix scope flags", n.Addresses.List(), a => [a.LinkIndex, a.Address.ToString(), a.PrefixLength, a.Scope.ToString(), a.Flags.ToString()]));

    private static string Routes() => Read(n => Table(
        "table destination gateway link source metric protocol type scope mtu nexthops", n.Routes.List(),
        r =>
        [
            r.Table, r.Destination.ToString(), r.Gateway?.ToString(), r.LinkIndex, r.PreferredSource?.ToString(), r.Metric, r.Protocol, r.Type.ToString(), r.Scope.ToString(),
            Number(r.Mtu), string.Join(' ', r.NextHops),
        ]));

    private static string Rules() => Read(n => Table("rule", n.Rules.List(), r => [r.ToString()]));

    private static string Neighbours() => Read(n => Table(
        "link address mac state", n.Neighbours.List(), a => [a.LinkIndex, a.Address.ToString(), a.Mac.ToString(), a.State.ToString()]));

    /// <summary>Whoever's they are.</summary>
    private static string Programs() => Read(n => Table(
        "device hook position program name", n.Links.List().SelectMany(l => Attached(n, l)), a => [a.Device, a.Hook, a.Position, a.Id, a.Name]));

    private static IEnumerable<Attachment> Attached(Rtnetlink netlink, Link link)
    {
        foreach (bool ingress in (bool[])[true, false])
        {
            string word = ingress ? "ingress" : "egress";
            foreach (uint id in LoadedProgram.AtTcx((uint)link.Index, ingress ? TcxDirection.Ingress : TcxDirection.Egress))
            {
                yield return new Attachment(link.Name, $"tcx {word}", "", id, Name(id));
            }

            foreach (TcFilter filter in netlink.TrafficControl.List(link.Index, ingress ? TcDirection.Ingress : TcDirection.Egress))
            {
                string position = string.Create(CultureInfo.InvariantCulture, $"{filter.Kind} priority {filter.Priority} handle {filter.Handle}");
                yield return new Attachment(link.Name, $"tc {word}", position, filter.ProgramId, filter.Name ?? "");
            }
        }

        if (link.XdpProgramId != 0)
        {
            yield return new Attachment(link.Name, "xdp", "", link.XdpProgramId, Name(link.XdpProgramId));
        }
    }

    private sealed record Attachment(string Device, string Hook, string Position, uint Id, string Name);

    private static string Name(uint id) => LoadedProgram.Find(id)?.Name ?? "";

    private static string Netfilter()
    {
        using var ruleset = NfTablesRuleset.Open();
        IReadOnlyList<NfTablesTable> tables = ruleset.Tables();
        Dictionary<NfTablesTable, ILookup<string, NfTablesRule>> rules = tables.ToDictionary(t => t, t => ruleset.Rules(t).ToLookup(r => r.Chain));
        return Table("table chain base rules jumps_to", ruleset.Chains(), c =>
        {
            var table = new NfTablesTable(c.Chain.Family, c.Chain.Table);
            NfTablesRule[] own = rules.TryGetValue(table, out ILookup<string, NfTablesRule>? all) ? [.. all[c.Chain.Name]] : [];
            return [table.ToString(), c.Chain.Name, c.IsBase ? "yes" : "no", own.Length, string.Join(' ', own.Select(r => r.Target).OfType<string>().Distinct().Take(20))];
        });
    }

    private static string Settings()
    {
        string[] all =
        [
            "net/ipv4/ip_forward", "net/ipv4/ip_local_port_range", "net/ipv4/ip_nonlocal_bind", "net/ipv6/conf/all/forwarding", "net/core/bpf_jit_enable", "net/core/bpf_jit_harden",
            "net/core/bpf_jit_limit", "kernel/unprivileged_bpf_disabled", "net/netfilter/nf_conntrack_max", "net/netfilter/nf_conntrack_count",
            "net/netfilter/nf_conntrack_tcp_timeout_established", "net/netfilter/nf_conntrack_tcp_timeout_close_wait", "net/ipv4/neigh/default/gc_thresh3",
        ];
        string[] perDevice =
        [
            "ipv4/conf/{0}/rp_filter", "ipv4/conf/{0}/accept_local", "ipv4/conf/{0}/forwarding", "ipv4/conf/{0}/route_localnet", "ipv6/conf/{0}/disable_ipv6",
            "ipv6/conf/{0}/forwarding", "ipv6/conf/{0}/accept_ra",
        ];
        return Read(netlink =>
        {
            IEnumerable<string> devices = ["all", "default", .. netlink.Links.List().Select(l => l.Name)];
            IEnumerable<string> names = all.Concat(devices.SelectMany(d => perDevice.Select(p => $"net/{p.Replace("{0}", d, StringComparison.Ordinal)}")));
            return string.Concat(names.Select(n => Sysctl.TryRead(n) is { } value ? $"{n} = {value}\n" : ""));
        });
    }

    private static string? Proc(string file)
    {
        string path = $"/proc/thread-self/net/{file}";
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    private static string Read(Func<Rtnetlink, string> read)
    {
        using var netlink = Rtnetlink.Open();
        return read(netlink);
    }

    private static string Table<T>(string columns, IEnumerable<T> items, Func<T, Cell[]> row) => OutputWriter.Write(
        new MapTable { Name = "", Columns = columns.Split(' '), Rows = [.. items.Select(i => (IReadOnlyList<Cell>)row(i))] }, OutputFormat.Table);
}
