using System.Diagnostics;
using System.Globalization;

namespace Netweir.Bench;

/// <summary>What a process has of memory, and has had of processor time so far.</summary>
internal sealed record ProcessReading
{
    private const double KiBOfMiB = 1024;
    private const double TicksOfSecond = 100;

    /// <summary>VmRSS, MiB.</summary>
    public required double Resident { get; init; }

    /// <summary>RssAnon, MiB: what no file backs.</summary>
    public required double Anonymous { get; init; }

    /// <summary>VmHWM, MiB: the most that it ever had.</summary>
    public required double Peak { get; init; }

    /// <summary>Seconds on a processor, to a hundredth.</summary>
    public required double Processor { get; init; }

    /// <summary>When it was read, as of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public required long At { get; init; }

    public static ProcessReading Of(int process)
    {
        var status = File.ReadLines($"/proc/{process}/status").Select(l => l.Split(':', 2)).Where(l => l.Length == 2).ToDictionary(l => l[0], l => l[1]);
        return new ProcessReading
        {
            Resident = Size(status, "VmRSS"),
            Anonymous = Size(status, "RssAnon"),
            Peak = Size(status, "VmHWM"),
            Processor = TimeOf(process),
            At = Stopwatch.GetTimestamp(),
        };
    }

    /// <summary>Percent of one processor since an earlier reading.</summary>
    public double ShareSince(ProcessReading earlier) => 100 * (Processor - earlier.Processor) / Stopwatch.GetElapsedTime(earlier.At, At).TotalSeconds;

    private static double Size(Dictionary<string, string> status, string key) =>
        double.Parse(status[key].Trim().Split(' ')[0], CultureInfo.InvariantCulture) / KiBOfMiB;

    /// <summary>Fields utime and stime; the name before them may have spaces.</summary>
    private static double TimeOf(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksOfSecond;
    }
}
