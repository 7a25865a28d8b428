using System.Diagnostics;
using System.Globalization;
using Netweir.Bench.Load;
using Netweir.Bench.Results;
using Netweir.Bench.Scenarios;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>
/// The measuring: in each round, metric by metric, every path once, back to back and in random order. Ratios are taken inside a round, so what the
/// machine does in between concerns all alike. The bare veth, which most is divided by, is measured three times a round.
/// </summary>
internal sealed class Rounds(LoadTool tool, IReadOnlyList<BenchPath> paths, BenchOptions options)
{
    private const int ReferenceSamples = 3;
    private readonly List<Sample> _samples = [];
    private readonly SortedSet<string> _failures = new(StringComparer.Ordinal);

    public IReadOnlyList<Sample> Samples => _samples;

    /// <summary>Of paths that worked when they were set up.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    public async Task RunAsync()
    {
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var metric in Enum.GetValues<Metric>())
            {
                using (await TurnLock.TakeAsync(options.Lock))
                {
                    Measure(round, metric);
                }
            }
        }
    }

    private void Measure(int round, Metric metric)
    {
        var clock = Stopwatch.StartNew();
        BenchPath[] order = [.. paths.SelectMany(p => Enumerable.Repeat(p, p.Name == BareScenario.Veth ? ReferenceSamples : 1))];
        Random.Shared.Shuffle(order);
        foreach (var path in order)
        {
            try
            {
                _samples.Add(new Sample(round, metric, path.Name, tool.Measure(path, metric, options.SampleMilliseconds)));
            }
            catch (LabException e)
            {
                _failures.Add(e.Message);
                Console.WriteLine($"  FAILED: {e.Message}");
            }
        }

        var reference = Statistics.Median(_samples.Where(s => s.Round == round && s.Metric == metric && s.Path == BareScenario.Veth).Select(s => s.Rate));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"round {round}/{options.Rounds}  {metric.ToString().ToLowerInvariant(),-6}  {order.Length} samples  {clock.Elapsed.TotalSeconds,5:0.0} s  bare veth {reference:N0}/s"));
    }
}
