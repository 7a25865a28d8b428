using System.Diagnostics;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>ADD and DEL alone and many at once; the subjects take turns.</summary>
internal static class CniBench
{
    /// <summary>What a node holds by default, starting all together.</summary>
    private const int Together = 110;

    public static async Task RunAsync(BenchReport report, BenchOptions options)
    {
        var (alone, rounds) = options.Short ? (10, 1) : (100, 3);
        await using var lab = await CniLab.CreateAsync();
        BenchReport.Progress($"{alone} times alone");
        Alone(lab, report, alone);
        foreach (var subject in lab.Subjects)
        {
            BenchReport.Progress($"{Together} together: {subject.Name}");
            Parallel(lab, report, subject, rounds);
        }

        foreach (var name in (string[])["ADD alone: p50", $"ADD: wall time of {Together}"])
        {
            var values = lab.Subjects.Select(s => report.Figures.First(f => f.Group == s.Name && f.Name == name).Value).ToArray();
            report.Add(new Figure("ratios", $"{name}: netweir-cni / {lab.Subjects[1].Name}", values[0] / values[1], "x"));
            report.Add(new Figure("ratios", $"{name}: netweir-cni / {lab.Subjects[2].Name}", values[0] / values[2], "x"));
        }
    }

    private static void Alone(CniLab lab, BenchReport report, int times)
    {
        var adds = lab.Subjects.ToDictionary(s => s, _ => new List<double>());
        var deletes = lab.Subjects.ToDictionary(s => s, _ => new List<double>());
        var empty = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var pods = lab.Pods(lab.Subjects.Count);
            empty.Add(lab.Empty.Node.Run(() => lab.Empty.Add(pods[0])));
            foreach (var (subject, pod) in lab.Subjects.Zip(pods))
            {
                adds[subject].Add(subject.Node.Run(() => subject.Add(pod)));
                deletes[subject].Add(subject.Node.Run(() => subject.Delete(pod)));
            }

            CniLab.Release(pods);
        }

        foreach (var subject in lab.Subjects)
        {
            var own = subject == lab.Subjects[0];
            report.Add(subject.Name, "ADD alone", new Distribution(adds[subject]), floorP50: own ? 10 : null, goalP50: own ? 5 : null);
            report.Add(subject.Name, "DEL alone", new Distribution(deletes[subject]));
        }

        report.Add(lab.Empty.Name, "alone", new Distribution(empty));
    }

    private static void Parallel(CniLab lab, BenchReport report, ICniSubject subject, int rounds)
    {
        var (adds, deletes, walls) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            var pods = lab.Pods(Together);
            adds.AddRange(AtOnce(subject, pods, subject.Add, out var wall));
            walls.Add(wall);
            deletes.AddRange(AtOnce(subject, pods, subject.Delete, out _));
            CniLab.Release(pods);
        }

        var own = subject == lab.Subjects[0];
        report.Add(subject.Name, $"ADD, {Together} together", new Distribution(adds), floorP99: own ? 50 : null, goalP99: own ? 20 : null);
        report.Add(new Figure(subject.Name, $"ADD, {Together} together: longest", adds.Max(), "ms"));
        report.Add(new Figure(subject.Name, $"ADD: wall time of {Together}", new Distribution(walls).Median, "ms"));
        report.Add(subject.Name, $"DEL, {Together} together", new Distribution(deletes));
    }

    private static double[] AtOnce(ICniSubject subject, List<PodCall> pods, Func<PodCall, double> call, out double wall)
    {
        var took = new double[pods.Count];
        var failures = new List<Exception>();
        using var start = new ManualResetEventSlim();
        using var ready = new CountdownEvent(pods.Count);
        var threads = pods.Select((pod, i) => new Thread(() => Guard(failures, () => subject.Node.Run(() =>
        {
            ready.Signal();
            start.Wait();
            took[i] = call(pod);
        })))).ToArray();
        Array.ForEach(threads, t => t.Start());
        if (!ready.Wait(TimeSpan.FromSeconds(30)))
        {
            start.Set();
            throw new LabException($"{subject.Name}: not all of {pods.Count} callers came to the node's namespace: {failures.FirstOrDefault()?.Message}");
        }
        var clock = Stopwatch.StartNew();
        start.Set();
        Array.ForEach(threads, t => t.Join());
        wall = clock.Elapsed.TotalMilliseconds;
        return failures.Count == 0 ? took : throw new LabException($"{subject.Name}: {failures.Count} of {pods.Count} calls failed: {failures[0].Message}", failures[0]);
    }

    private static void Guard(List<Exception> failures, Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // It is told by the thread that waits for this one.
        catch (Exception e)
        {
            lock (failures)
            {
                failures.Add(e);
            }
        }
#pragma warning restore CA1031
    }
}
