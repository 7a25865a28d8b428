using System.Diagnostics;

namespace Netweir.Bench;

/// <summary>From the agent's start to full maps and to Ready, with empty maps and with full ones; and what the first pass took.</summary>
internal static class StartCase
{
    private const string Duration = "netweir_services_sync_duration_seconds_sum";

    /// <summary>Returns the milliseconds from the lists to the last map entry.</summary>
    public static async Task<double> FreshAsync(AgentLab lab, BenchReport report)
    {
        var group = $"start, {lab.Size}";
        var clock = Stopwatch.StartNew();
        lab.Start();
        await lab.FilledAsync();
        var filled = clock.Elapsed.TotalMilliseconds;
        await lab.ReadyAsync();
        report.Add(new Figure(group, "process start to all maps filled", filled, "ms"));
        report.Add(new Figure(group, "process start to Ready, maps empty before", clock.Elapsed.TotalMilliseconds, "ms"));
        var programming = 1000 * (await lab.ScrapeAsync()).Sum(Duration);
        report.Add(new Figure(group, "lists in memory to all maps filled", programming, "ms"));
        return programming;
    }

    public static async Task AgainAsync(AgentLab lab, BenchReport report)
    {
        lab.Stop();
        var clock = Stopwatch.StartNew();
        lab.Start();
        await lab.ReadyAsync();
        report.Add(new Figure($"start, {lab.Size}", "process start to Ready, maps full before", clock.Elapsed.TotalMilliseconds, "ms"));
    }
}
