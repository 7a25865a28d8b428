using Netweir.Bench.Scenarios;

namespace Netweir.Bench.Report;

/// <summary>What is said about a run. A comparison whose paths were not measured is left out.</summary>
internal static class ComparisonList
{
    private const string Bare = "Netweir / bare veth";
    private const string Others = "Others / bare veth";
    private const string Peers = "Netweir / others";
    private const string Scale = "Netweir / itself";
    private static readonly int[] ProxyCounts = [1, 1_000, 10_000];
    private static readonly int[] NetweirCounts = [1_000, 10_000, 100_000];

    public static IReadOnlyList<Comparison> All { get; } =
        [.. OfBareVeth(), .. OthersOfBareVeth(), .. OfPtpAndFlannel(), .. OfKubeProxy(), .. OfItself()];

    private static IEnumerable<Comparison> OfBareVeth() =>
    [
        new(Bare, "local pods", "netweir-direct/local", BareScenario.Veth, .92, .88, .85, .88),
        new(Bare, "cross node, direct", "netweir-direct/cross", BareScenario.Veth, .83, .75, .70, .80),
        new(Bare, "cross node, VXLAN", "netweir-vxlan/cross", BareScenario.Veth, .78, .73, .62, .75),
        new(Bare, "service, local backend", "netweir-direct/service-local", BareScenario.Veth, .90, .85, .80, .87),
        new(Bare, "service, remote backend, direct", "netweir-direct/service-remote", BareScenario.Veth, .80, .74, .67, .80),
        new(Bare, "service, remote backend, VXLAN", "netweir-vxlan/service-remote", BareScenario.Veth),
        new(Bare, "NodePort from outside, local backend", "netweir-direct/nodeport", BareScenario.Veth),
        new(Bare, "pod to the world, masqueraded", "netweir-direct/masquerade", BareScenario.Veth),
        new(Bare, "IPv6: local pods / IPv6 veth", "netweir-direct/local-v6", BareScenario.VethIPv6),
        new(Bare, "IPv6: cross node / IPv6 veth", "netweir-direct/cross-v6", BareScenario.VethIPv6),
        new(Bare, "IPv6: service, local backend / IPv6 veth", "netweir-direct/service-local-v6", BareScenario.VethIPv6),
        new(Bare, "IPv6: service, remote backend / IPv6 veth", "netweir-direct/service-remote-v6", BareScenario.VethIPv6),
        .. NetweirCounts.Select(n => new Comparison(Bare, $"local pods, {Counts.Services(n)}", $"netweir-direct-{Counts.Short(n)}/local", BareScenario.Veth)),
        .. NetweirCounts.Select(n => new Comparison(Bare, $"service, local backend, of {Counts.Long(n)}", $"netweir-direct-{Counts.Short(n)}/service-local", BareScenario.Veth)),
        .. NetweirCounts.Select(n => new Comparison(Bare, $"service, remote backend, of {Counts.Long(n)}", $"netweir-direct-{Counts.Short(n)}/service-remote", BareScenario.Veth)),
    ];

    private static IEnumerable<Comparison> OthersOfBareVeth()
    {
        yield return new Comparison(Others, "loopback in one namespace", BareScenario.Loopback, BareScenario.Veth);
        yield return new Comparison(Others, "local pods, ptp + iptables", "ptp/local", BareScenario.Veth);
        yield return new Comparison(Others, "cross node, ptp + iptables", "ptp/cross", BareScenario.Veth);
        yield return new Comparison(Others, "cross node, flannel-like VXLAN", "flannel/cross", BareScenario.Veth);
        foreach (var (path, label) in ((string, string)[])[("local", "local pods"), ("service-local", "service, local backend"), ("service-remote", "service, remote backend")])
        {
            foreach (var mode in (string[])["iptables", "nftables"])
            {
                foreach (var count in ProxyCounts)
                {
                    yield return new Comparison(Others, $"{label}, kube-proxy {mode}, {Counts.Services(count)}", $"{mode}-{Counts.Short(count)}/{path}", BareScenario.Veth);
                }
            }
        }
    }

    private static IEnumerable<Comparison> OfPtpAndFlannel() =>
    [
        new(Peers, "local pods / ptp + iptables", "netweir-direct/local", "ptp/local", 1.15, 1.20, 1.28, 1.06),
        new(Peers, "cross node, direct / ptp + iptables", "netweir-direct/cross", "ptp/cross"),
        new(Peers, "cross node, VXLAN / flannel-like", "netweir-vxlan/cross", "flannel/cross", 1.5, 1.7, 1.9, 1.2),
    ];

    private static IEnumerable<Comparison> OfKubeProxy()
    {
        foreach (var mode in (string[])["iptables", "nftables"])
        {
            foreach (var count in ProxyCounts)
            {
                var own = count == 1 ? "netweir-direct" : $"netweir-direct-{Counts.Short(count)}";
                var peer = $"{mode}-{Counts.Short(count)}";
                double?[] floors = mode == "nftables" && count == 10_000 ? [1.15, 1.18, 1.30, 1.07] : [];
                yield return new Comparison(Peers, $"service, local / kube-proxy {mode}, {Counts.Services(count)}", $"{own}/service-local", $"{peer}/service-local", floors);
                yield return new Comparison(Peers, $"service, remote / kube-proxy {mode}, {Counts.Services(count)}", $"{own}/service-remote", $"{peer}/service-remote");
            }
        }
    }

    private static IEnumerable<Comparison> OfItself() =>
    [
        new(Scale, "service, local backend / local pods", "netweir-direct/service-local", "netweir-direct/local"),
        new(Scale, "service, remote backend / cross node", "netweir-direct/service-remote", "netweir-direct/cross"),
        new(Scale, "cross node, VXLAN / direct", "netweir-vxlan/cross", "netweir-direct/cross"),
        new(Scale, "service, local: 100,000 services / 1", "netweir-direct-100k/service-local", "netweir-direct/service-local", .97, .97, .97, .97),
        new(Scale, "service, remote: 100,000 services / 1", "netweir-direct-100k/service-remote", "netweir-direct/service-remote", .97, .97, .97, .97),
        new(Scale, "local pods: 10,000 services / 1", "netweir-direct-10k/local", "netweir-direct/local", null, .97),
        new(Scale, "local pods: 100,000 services / 1", "netweir-direct-100k/local", "netweir-direct/local", null, .97),
    ];
}
