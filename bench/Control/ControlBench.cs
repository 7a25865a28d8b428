namespace Netweir.Bench;

/// <summary>The control plane's cases in their order, the small cluster first.</summary>
internal static class ControlBench
{
    private static readonly FleetSize Small = new(1_000, 5_000, 50);
    private static readonly FleetSize Large = new(10_000, 100_000, 500);
    private static readonly FleetSize Huge = new(100_000, 1_000_000, 500);
    private static readonly FleetSize Fleet = new(10_000, 150_000, 5_000);

    public static async Task RunAsync(BenchReport report, BenchOptions options)
    {
        var (settle, time, changes) = options.Short ? (Seconds(2), Seconds(3), 20) : (Seconds(10), Seconds(20), 200);
        var costs = new List<(FleetSize Size, double Cost)>();
        if (options.Wants("small"))
        {
            await using var lab = await AgentLab.CreateAsync(Small);
            await StartCase.FreshAsync(lab, report);
            await Task.Delay(settle);
            MemoryCase.Report(lab, report, "settled", 60, 40);
            costs.Add((Small, Change(lab, report, changes, null, null)));
        }

        if (options.Wants("large"))
        {
            costs.Add((Large, await LargeAsync(report, options, settle, time, changes)));
        }

        if (options.Wants("huge") && !options.Short)
        {
            await using var lab = await AgentLab.CreateAsync(Huge);
            await StartCase.FreshAsync(lab, report);
            await Task.Delay(settle);
            MemoryCase.Report(lab, report, "settled");
            costs.Add((Huge, Change(lab, report, changes, null, null)));
        }

        if (options.Wants("fleet") && !options.Short)
        {
            await FleetAsync(report, settle, time);
        }

        foreach (var (size, cost) in costs.Skip(1))
        {
            report.Add(new Figure("cost of one change", $"{size}, as a multiple of {costs[0].Size}", cost / costs[0].Cost, "x"));
        }
    }

    private static async Task<double> LargeAsync(BenchReport report, BenchOptions options, TimeSpan settle, TimeSpan time, int changes)
    {
        var size = options.Short ? new FleetSize(2_000, 20_000, 100) : Large;
        var movers = new MoverNumbers();
        await using var lab = await AgentLab.CreateAsync(size);
        var took = await StartCase.FreshAsync(lab, report);
        BenchReport.Progress("the same services by iptables-legacy-restore");
        var iptables = IptablesRival.Restore(lab, size);
        report.Add(new Figure($"start, {size}", "iptables-legacy-restore of the same services", iptables, "ms"));
        report.Add(new Figure($"start, {size}", "lists in memory to all maps filled / iptables-legacy-restore", took / iptables, "x") { Floor = 1.0 / 10, Goal = 1.0 / 30 });
        await Task.Delay(settle);
        MemoryCase.Report(lab, report, "settled", options.Short ? null : 200, options.Short ? null : 100);
        await IdleCase.RunAsync(lab, report, time);
        var cost = Change(lab, report, changes, 50, 5);
        ChurnCase.Run(lab, report, 20, time, movers, 50, 5);
        ChurnCase.Run(lab, report, 200, time, movers, 50);
        await Task.Delay(settle);
        MemoryCase.Report(lab, report, "after churn");
        await StartCase.AgainAsync(lab, report);
        await Task.Delay(settle);
        MemoryCase.Report(lab, report, "settled after a restart");
        MapMemoryCase.Report(lab.Maps!, report);
        return cost;
    }

    private static async Task FleetAsync(BenchReport report, TimeSpan settle, TimeSpan time)
    {
        await using var lab = await AgentLab.CreateAsync(Fleet);
        await StartCase.FreshAsync(lab, report);
        await Task.Delay(settle);
        MemoryCase.Report(lab, report, "settled");
        lab.Server.Beat(Fleet.Nodes / 300.0);
        await IdleCase.RunAsync(lab, report, time, "every node reports once in five minutes");
        ChurnCase.Run(lab, report, 20, time, new MoverNumbers());
        lab.Server.Beat(0);
    }

    /// <summary>Returns the median.</summary>
    private static double Change(AgentLab lab, BenchReport report, int changes, double? floor, double? goal)
    {
        var took = ChangeCase.Run(lab, changes, new MoverNumbers());
        report.Add($"one change, {lab.Size}", "API event to map", took, floor, goal);
        return took.Median;
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
