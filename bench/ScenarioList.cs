using Netweir.Bench.Scenarios;

namespace Netweir.Bench;

/// <summary>What is compared.</summary>
internal static class ScenarioList
{
    private static readonly string[] Modes = ["iptables", "nftables"];

    /// <summary>The bare ones, and of the others those that were asked for.</summary>
    public static IReadOnlyList<IScenario> Of(BenchOptions options)
    {
        IScenario[] all =
        [
            new PtpScenario(),
            new FlannelScenario(),
            new NetweirScenario("direct", 1, everyPath: true, options.BpfObject),
            new NetweirScenario("vxlan", 1, everyPath: true, options.BpfObject),
            .. NetweirCounts(options).Select(n => new NetweirScenario("direct", n, everyPath: false, options.BpfObject)),
            .. from mode in Modes from count in ProxyCounts(options) select new KubeProxyScenario(mode, count, options.KubeProxy),
        ];
        return [new BareScenario(), .. all.Where(s => options.Only.Count == 0 || options.Only.Any(o => IsMeant(s, o, all)))];
    }

    /// <summary>By its whole name, or by a part of it that is nobody's whole name.</summary>
    private static bool IsMeant(IScenario scenario, string name, IScenario[] all) =>
        all.Any(s => s.Name == name) ? scenario.Name == name : scenario.Name.Contains(name, StringComparison.Ordinal);

    private static int[] NetweirCounts(BenchOptions options) => options.Short ? [1_000, 10_000] : [1_000, 10_000, 100_000];

    private static int[] ProxyCounts(BenchOptions options) => options.Short ? [1, 1_000] : [1, 1_000, 10_000];
}
