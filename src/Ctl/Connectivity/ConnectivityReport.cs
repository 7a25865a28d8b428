using System.Globalization;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>Results as tables, and what to do about those that are bad. Pure.</summary>
internal static class ConnectivityReport
{
    /// <summary>The <see cref="ProbeResult.Tried"/> of a check that its pod did not get to.</summary>
    public const string NotTried = "nothing";
    private const int MostExplained = 20;

    /// <summary>A line for each kind of check: how many were good, the middle of the medians, the worst p99.</summary>
    public static MapTable Summary(IReadOnlyList<(PlannedCheck Plan, ProbeResult Result)> results) => new()
    {
        Name = "checks",
        Columns = ["from", "to", "family", "what", "result", "p50", "p99"],
        Rows = [.. results.GroupBy(r => (r.Plan.FromKind, r.Plan.ToKind, r.Plan.Family, r.Plan.What)).Select(g => (IReadOnlyList<Cell>)
        [
            g.Key.FromKind, g.Key.ToKind, g.Key.Family, g.Key.What, Verdict([.. g]),
            Time(Middle([.. g.Select(r => r.Result.P50).Where(t => t > 0)])), Time(g.Max(r => r.Result.P99)),
        ])],
    };

    /// <summary>A line for each check.</summary>
    public static MapTable Details(IReadOnlyList<(PlannedCheck Plan, ProbeResult Result)> results) => new()
    {
        Name = "checks",
        Columns = ["from", "to", "address", "what", "result", "p50", "p99", "came"],
        Rows = [.. results.Select(r => (IReadOnlyList<Cell>)
        [
            r.Plan.From, r.Plan.To, r.Plan.Endpoint, r.Plan.What, r.Result.Ok ? "ok" : "FAILED", Time(r.Result.P50), Time(r.Result.P99), r.Result.Came,
        ])],
    };

    /// <summary>Each failed check: from where to where, what was tried, what came back, where to look next.</summary>
    public static IEnumerable<string> Failures(IReadOnlyList<(PlannedCheck Plan, ProbeResult Result)> results)
    {
        (PlannedCheck Plan, ProbeResult Result)[] failed = [.. results.Where(r => !r.Result.Ok && r.Result.Tried != NotTried)];
        foreach ((PlannedCheck plan, ProbeResult result) in failed.Take(MostExplained))
        {
            yield return $"FAILED  {plan.From} -> {plan.To} ({plan.Endpoint}), {plan.What}\n"
                + $"        tried: {result.Tried}\n        came:  {result.Came}\n        next:  {Next(plan)}";
        }

        if (failed.Length > MostExplained)
        {
            yield return $"and {failed.Length - MostExplained} more: --all-details shows them";
        }

        foreach (var missing in results.Where(r => r.Result.Tried == NotTried).GroupBy(r => r.Plan.Prober))
        {
            yield return $"FAILED  {missing.Count()} checks from {missing.First().Plan.From} were not made: {missing.First().Result.Came}";
        }
    }

    private static string Verdict(IReadOnlyList<(PlannedCheck Plan, ProbeResult Result)> group)
    {
        int good = group.Count(r => r.Result.Ok);
        string text = good == group.Count ? "ok" : good == 0 ? "FAILED" : "PARTLY FAILED";
        string speed = group is [{ Plan.Check.Kind: ProbeKind.Speed, Result: { Ok: true } only }] ? $", {only.Came}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{text}, {good} of {group.Count}{speed}");
    }

    private static string Next(PlannedCheck plan)
    {
        string node = $"'ctl status' on {plan.Node}";
        return plan.Check.Kind switch
        {
            ProbeKind.Sizes or ProbeKind.Bulk => $"{node}, and the MTU of the way between the nodes: ping -M do -s SIZE; the agent's --mtu",
            ProbeKind.Dns => $"{node}, and the DNS server's own log: kubectl -n kube-system logs -l k8s-app=kube-dns",
            _ when plan.ToKind.StartsWith("pod", StringComparison.Ordinal) => $"{node} and on the other node; there 'ctl maps dump ipcache endpoints drops'",
            _ when plan.ToKind.StartsWith("host", StringComparison.Ordinal) => $"{node}, and the other node's own firewall",
            _ => $"{node}, and there 'ctl maps dump frontends drops | grep -e {plan.Check.Address} -e REASON'",
        };
    }

    private static long Middle(long[] times)
    {
        Array.Sort(times);
        return times.Length == 0 ? 0 : times[times.Length / 2];
    }

    private static string? Time(long micros) => micros switch
    {
        0 => null,
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{micros} us"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{micros / 1000.0:0} ms"),
    };
}
