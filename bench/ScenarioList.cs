using Netweir.Bench.Scenarios;

namespace Netweir.Bench;

/// <summary>What is compared.</summary>
internal static class ScenarioList
{
    public static IReadOnlyList<IScenario> Of(BenchOptions options)
    {
        IScenario[] all =
        [
            new PtpScenario(),
            new FlannelScenario(),
            new NetweirScenario("direct", 1, everyPath: true),
            new NetweirScenario("vxlan", 1, everyPath: true),
        ];
        return [new BareScenario(), .. all.Where(s => options.Only.Count == 0 || options.Only.Any(s.Name.Contains))];
    }
}
