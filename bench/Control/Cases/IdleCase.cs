namespace Netweir.Bench;

/// <summary>What the agent does while nothing happens.</summary>
internal static class IdleCase
{
    public static async Task RunAsync(AgentLab lab, BenchReport report, TimeSpan time, string what = "nothing changes")
    {
        var before = lab.Read();
        await Task.Delay(time);
        report.Add(new Figure($"agent's processor time, {lab.Size}", what, lab.Read().ShareSince(before), "% of one CPU"));
    }
}
