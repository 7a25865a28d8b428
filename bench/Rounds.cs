using System.Diagnostics;
using System.Globalization;
using Netweir.Bench.Load;
using Netweir.Bench.Results;
using Netweir.Bench.Scenarios;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>
/// The measuring: in each round, metric by metric, every path several times, back to back and in random order. A round's figure is the median of
/// them, and ratios are taken inside a round: what the machine does meanwhile concerns all alike. Many short samples, because a virtual machine is
/// slower by a fifth for a second now and then. The bare veth, which most is divided by, is measured more often.
/// </summary>
internal sealed class Rounds(LoadTool tool, IReadOnlyList<BenchPath> paths, BenchOptions options)
{
    private const int Repeats = 3;
    private const int ReferenceRepeats = 6;
    private readonly List<Sample> _samples = [];
    private readonly SortedSet<string> _failures = new(StringComparer.Ordinal);

    public IReadOnlyList<Sample> Samples => _samples;

    /// <summary>Of paths that worked when they were set up.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <param name="roundEnded">Called after each: what was measured until then is kept, whatever happens in the next.</param>
    public async Task RunAsync(Action roundEnded)
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

            roundEnded();
        }
    }

    private void Measure(int round, Metric metric)
    {
        var clock = Stopwatch.StartNew();
        BenchPath[] order = [.. paths.SelectMany(p => Enumerable.Repeat(p, p.Name == BareScenario.Veth ? ReferenceRepeats : Repeats))];
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

        double[] reference = [.. _samples.Where(s => s.Round == round && s.Metric == metric && s.Path == BareScenario.Veth).Select(s => s.Rate)];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"round {round}/{options.Rounds}  {metric.ToString().ToLowerInvariant(),-6}  {order.Length} samples  {clock.Elapsed.TotalSeconds,5:0.0} s  bare veth {(reference.Length > 0 ? Statistics.Median(reference) : 0):N0}/s"));
    }
}
