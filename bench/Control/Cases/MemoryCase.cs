namespace Netweir.Bench;

/// <summary>The agent's memory.</summary>
internal static class MemoryCase
{
    public static void Report(AgentLab lab, BenchReport report, string when, double? floor = null, double? goal = null)
    {
        var reading = lab.Read();
        var group = $"agent's memory, {lab.Size}";
        report.Add(new Figure(group, $"resident, {when}", reading.Resident, "MiB") { Floor = floor, Goal = goal });
        report.Add(new Figure(group, $"of which anonymous, {when}", reading.Anonymous, "MiB"));
        report.Add(new Figure(group, $"peak, until {when}", reading.Peak, "MiB"));
    }
}
