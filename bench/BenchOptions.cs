using System.Globalization;

namespace Netweir.Bench;

/// <summary>The command line.</summary>
public sealed record BenchOptions
{
    public const string Help = """
        netweir-bench: what traffic costs with Netweir, with bare veth devices and with kube-proxy, ptp and flannel, on this machine.

        usage: netweir-bench [option]...

          --rounds N         rounds (default 7; short: 3)
          --ms N             milliseconds of one sample (default 100; short: 60)
          --short            fewer rounds, shorter samples, fewer clusters
          --only NAME        only scenarios of this name, or whose name contains this; repeatable. The bare ones are always measured
          --list             print the scenarios' names
          --cpu N            the core that client and server share (default: the last)
          --object FILE      the compiled datapath (default: that of the executables)
          --kube-proxy FILE  this executable's rules instead of rules of the same shape
          --lock FILE        measure only while holding this file's lock (flock), so that users of one machine take turns
          --gate             exit code 1 when a floor is missed

          --json FILE        where results go (default artifacts/bench/traffic.json)
          --chart FILE       where the chart goes (default: beside it, traffic.svg)
          --markdown FILE    also write the tables as Markdown; - is standard output
          --docs FILE        put the tables into this Markdown file, between its two comments
          --from FILE        measure nothing: tables and chart out of this JSON file (--chart-only is the same)
          --clean            only remove what killed runs left

        Needs root. All that it makes is in network namespaces of its own, and is removed at the end, also on Ctrl-C; what a killed run left is removed
        by the next one. Exit codes: 0 measured, 1 failed or (with --gate) missed a floor, 2 wrong options.
        """;

    public int Rounds { get; init; }

    public int SampleMilliseconds { get; init; }

    public bool Short { get; init; }

    public IReadOnlyList<string> Only { get; init; } = [];

    public bool List { get; init; }

    public int Cpu { get; init; } = Environment.ProcessorCount - 1;

    public string? KubeProxy { get; init; }

    public string? BpfObject { get; init; }

    public string? Lock { get; init; }

    public bool Gate { get; init; }

    public string JsonFile { get; init; } = Path.Combine("artifacts", "bench", "traffic.json");

    public string ChartFile { get; init; } = string.Empty;

    public string? MarkdownFile { get; init; }

    public string? DocsFile { get; init; }

    public string? From { get; init; }

    public bool Clean { get; init; }

    public bool ShowHelp { get; init; }

    /// <exception cref="ArgumentException">An option is unknown or wrong; the message says which.</exception>
    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var options = new BenchOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            string Value() => ++i < arguments.Count ? arguments[i] : throw new ArgumentException($"{name}: a value is missing");
            options = name switch
            {
                "-h" or "--help" => options with { ShowHelp = true },
                "--short" => options with { Short = true },
                "--list" => options with { List = true },
                "--gate" => options with { Gate = true },
                "--clean" => options with { Clean = true },
                "--only" => options with { Only = [.. options.Only, Value()] },
                "--rounds" => options with { Rounds = Number(name, Value(), 1, 1000) },
                "--ms" => options with { SampleMilliseconds = Number(name, Value(), 40, 10_000) },
                "--cpu" => options with { Cpu = Number(name, Value(), 0, Environment.ProcessorCount - 1) },
                "--kube-proxy" => options with { KubeProxy = Value() },
                "--object" => options with { BpfObject = Path.GetFullPath(Value()) },
                "--lock" => options with { Lock = Value() },
                "--json" => options with { JsonFile = Value() },
                "--chart" => options with { ChartFile = Value() },
                "--markdown" => options with { MarkdownFile = Value() },
                "--docs" => options with { DocsFile = Value() },
                "--from" or "--chart-only" => options with { From = Value() },
                _ => throw new ArgumentException($"{name}: there is no such option"),
            };
        }

        return options.Complete();
    }

    private BenchOptions Complete() => this with
    {
        Rounds = Rounds > 0 ? Rounds : Short ? 3 : 7,
        SampleMilliseconds = SampleMilliseconds > 0 ? SampleMilliseconds : Short ? 60 : 100,
        ChartFile = ChartFile.Length > 0 ? ChartFile : Path.ChangeExtension(From ?? JsonFile, ".svg"),
    };

    private static int Number(string name, string value, int min, int max) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new ArgumentException($"{name} {value}: a number from {min} to {max} is needed");
}
