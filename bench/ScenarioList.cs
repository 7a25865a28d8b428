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
        return [new BareScenario(), .. all.Where(s => options.Only.Count == 0 || options.Only.Any(s.Name.Contains))];
    }

    private static int[] NetweirCounts(BenchOptions options) => options.Short ? [10_000] : [1_000, 10_000, 100_000];

    private static int[] ProxyCounts(BenchOptions options) => options.Short ? [1, 10_000] : [1, 1_000, 10_000];
}
