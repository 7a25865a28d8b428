using Netweir.Bench.Results;

namespace Netweir.Bench.Tests;

/// <summary>Runs as the bench brings them, without the bench.</summary>
internal static class Runs
{
    public static BenchRun Of(params IReadOnlyList<Sample> samples) => new()
    {
        Machine = new MachineInfo { Date = "2026-01-02 03:04", Commit = "abcdef0", Kernel = "6.18.0", Cpu = "Some <CPU> & more", Cores = 2, Programs = ["nftables v1.0.6"] },
        Rounds = samples.Count == 0 ? 0 : samples.Max(s => s.Round),
        SampleMilliseconds = 100,
        Paths = [.. samples.Select(s => s.Path).Distinct().Select(p => new PathInfo(p, $"label of {p}"))],
        Samples = samples,
    };

    /// <summary>One sample a round for each path, the first path's rates first.</summary>
    public static IEnumerable<Sample> Rounds(Metric metric, string path, params IReadOnlyList<double> rates) =>
        rates.Select((rate, round) => new Sample(round + 1, metric, path, rate));
}
