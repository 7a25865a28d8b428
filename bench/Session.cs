using System.Diagnostics;
using System.Globalization;
using Netweir.Bench.Load;
using Netweir.Bench.Report;
using Netweir.Bench.Results;
using Netweir.Bench.Scenarios;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>One call of the program, from the options to the exit code.</summary>
internal static class Session
{
    private const string LoadToolFile = "netweir-load";

    public static async Task<int> RunAsync(BenchOptions options)
    {
        if (options.List)
        {
            Console.WriteLine(string.Join('\n', ScenarioList.Of(options).Select(s => s.Name)));
            return 0;
        }

        if (options.From is { } file)
        {
            return Show(BenchRun.Read(file), options);
        }

        if (!Environment.IsPrivilegedProcess)
        {
            throw new LabException("network namespaces and eBPF programs need root: run it with sudo");
        }

        LabJanitor.RemoveDeadLabs();
        if (options.Clean)
        {
            return 0;
        }

        return Show(await MeasureAsync(options), options);
    }

    private static async Task<BenchRun> MeasureAsync(BenchOptions options)
    {
        var tool = new LoadTool(FindLoadTool(), options.Cpu);
        var programs = LabPrograms.Find();
        Console.WriteLine($"agent: {string.Join(' ', programs.Agent)}; datapath: {options.BpfObject ?? programs.BpfObject}");
        var scenarios = new List<IScenario>();
        var paths = new List<BenchPath>();
        try
        {
            foreach (var scenario in ScenarioList.Of(options))
            {
                scenarios.Add(scenario);
                paths.AddRange(await SetUpAsync(scenario, tool));
            }

            var machine = MachineInfo.Collect(Environment.CurrentDirectory, options.KubeProxy);
            var rounds = new Rounds(tool, paths, options);
            BenchRun SoFar() => new()
            {
                Machine = machine,
                Rounds = rounds.Samples.Select(s => s.Round).DefaultIfEmpty().Max(),
                SampleMilliseconds = options.SampleMilliseconds,
                Paths = [.. paths.Select(p => new PathInfo(p.Name, p.Label))],
                Samples = rounds.Samples,
                Failures = [.. rounds.Failures],
            };
            await rounds.RunAsync(() => SoFar().Write(options.JsonFile));
            return SoFar();
        }
        finally
        {
            foreach (var scenario in scenarios)
            {
                await scenario.DisposeAsync();
            }
        }
    }

    /// <summary>Every path carries traffic before anything is measured: what does not work ends the run here.</summary>
    private static async Task<IReadOnlyList<BenchPath>> SetUpAsync(IScenario scenario, LoadTool tool)
    {
        var clock = Stopwatch.StartNew();
        var paths = await scenario.SetUpAsync();
        foreach (var path in paths)
        {
            tool.Measure(path, Metric.Rr, 50);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"set up  {scenario.Name,-24} {paths.Count} paths  {clock.Elapsed.TotalSeconds,5:0.0} s"));
        return paths;
    }

    private static int Show(BenchRun run, BenchOptions options)
    {
        var comparisons = ComparisonList.All.Select(c => c.Of(run)).Where(c => c.HasFigures).ToList();
        Console.WriteLine(TextTable.Of(run, comparisons));
        File.WriteAllText(options.ChartFile, Chart.Of(run));
        WriteMarkdown(MarkdownTable.Of(run, comparisons), options);
        var missed = comparisons.Any(c => c.Cells.Any(cell => cell.Verdict == Verdict.Missed));
        return run.Failures.Count > 0 || (options.Gate && missed) ? 1 : 0;
    }

    private static void WriteMarkdown(string text, BenchOptions options)
    {
        if (options.MarkdownFile == "-")
        {
            Console.WriteLine(text);
        }
        else if (options.MarkdownFile is { } file)
        {
            File.WriteAllText(file, text);
        }

        if (options.DocsFile is { } docs)
        {
            File.WriteAllText(docs, DocsSection.Replace(File.ReadAllText(docs), text));
        }
    }

    private static string FindLoadTool()
    {
        var file = Path.Combine("artifacts", "bench", LoadToolFile);
        return File.Exists(file) ? Path.GetFullPath(file) : throw new LabException($"{Path.GetFullPath(file)} is missing: run 'make bench', or 'make -C bench/load'");
    }
}
