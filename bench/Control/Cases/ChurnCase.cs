using System.Diagnostics;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>Endpoints of random services change at a steady rate.</summary>
internal static class ChurnCase
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);

    public static void Run(AgentLab lab, BenchReport report, int perSecond, TimeSpan time, MoverNumbers movers, double? floor = null, double? goal = null)
    {
        var watch = lab.Watch;
        var took = new List<double>();
        var order = Enumerable.Range(0, lab.Size.Services).OrderBy(_ => movers.Random(int.MaxValue)).ToArray();
        var before = lab.Read();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < perSecond * time.TotalSeconds; i++)
        {
            took.AddRange(watch.LookUntil(start + (i * Stopwatch.Frequency / perSecond), drain: false));
            // A service's turn comes again only when all others had theirs: no change waits for another of the same one.
            var service = order[i % order.Length];
            watch.Expect(service, () => lab.Server.Move(service, movers.Next()));
        }

        var after = lab.Read();
        took.AddRange(watch.LookUntil(Stopwatch.GetTimestamp() + (long)(Drain.TotalSeconds * Stopwatch.Frequency), drain: true));
        if (watch.Pending > 0)
        {
            throw new LabException($"{watch.Pending} changed backends are not in the maps after {Drain.TotalSeconds:0} s:\n{lab.Node.LogTail()}");
        }

        var group = $"{perSecond} changes a second, {lab.Size}";
        report.Add(group, "API event to map", new Distribution(took), floor, goal);
        report.Add(new Figure(group, "agent's processor time", after.ShareSince(before), "% of one CPU"));
        report.Add(new Figure(group, "resident memory more than before", after.Resident - before.Resident, "MiB"));
    }
}
