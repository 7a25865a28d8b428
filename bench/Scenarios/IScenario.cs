using Netweir.Bench.Load;

namespace Netweir.Bench.Scenarios;

/// <summary>Something that carries traffic: namespaces, devices, rules, agents. All scenarios stand at the same time, and are measured in turn.</summary>
public interface IScenario : IAsyncDisposable
{
    /// <summary>What --only selects by.</summary>
    string Name { get; }

    /// <summary>Builds it. Returns the paths to measure, each of which works.</summary>
    Task<IReadOnlyList<BenchPath>> SetUpAsync();
}
