using System.Globalization;
using Netweir.Endpoints;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>A report as text and tables.</summary>
internal static class StatusDocument
{
    private const int TopDrops = 10;

    public static OutputDocument Create(StatusReport report, IReadOnlyList<string> problems) => new()
    {
        Facts = Facts(report, problems),
        Tables =
        [
            new MapTable { Name = "problems", Columns = ["problem"], Rows = [.. problems.Select(p => new Cell[] { p })] },
            Attachments(report),
            MapList.Table(report.Maps),
            Drops(report),
        ],
    };

    private static KeyValuePair<string, Cell>[] Facts(StatusReport report, IReadOnlyList<string> problems)
    {
        int pinned = report.Programs.Count(p => p.Id != 0), ready = report.Records.Count(r => r.State == EndpointState.Ready);
        return
        [
            new("verdict", problems.Count == 0 ? "ok" : string.Create(CultureInfo.InvariantCulture, $"degraded: {problems[0]}{More(problems.Count)}")),
            new("node", report.Node?.NodeName),
            new("pod_cidrs", report.Node is null ? null : string.Join(' ', report.Node.PodCidrs)),
            new("mtu", report.Node is null ? default(Cell) : report.Node.Mtu),
            new("agent", report.Agent.Answer is null ? $"no answer at {report.Agent.Where}" : report.Agent.IsHealthy ? "healthy" : report.Agent.Answer),
            new("programs", string.Create(CultureInfo.InvariantCulture, $"{pinned} of {report.Programs.Count} pinned{Loaded(report)}")),
            new("pods", ready),
            new("pod_addresses", report.Endpoints.Count),
        ];
    }

    private static string More(int problems) => problems > 1 ? string.Create(CultureInfo.InvariantCulture, $" (and {problems - 1} more)") : "";

    private static string Loaded(StatusReport report)
    {
        PinnedProgram[] pinned = [.. report.Programs.Where(p => p.Id != 0)];
        return pinned.Length == 0 ? "" : $", loaded {Ago(report.Uptime - pinned.Max(p => p.LoadedAt))} ago";
    }

    /// <summary>In the largest unit that says enough.</summary>
    private static string Ago(TimeSpan age) => age switch
    {
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (long)age.TotalSeconds)}s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalMinutes}m"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalHours}h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalDays}d"),
    };

    /// <summary>Without pods' devices: the facts have their number, the problems those that lack something.</summary>
    private static MapTable Attachments(StatusReport report)
    {
        HashSet<uint> pods = [.. report.Records.Select(r => (uint)r.HostInterfaceIndex)];
        return new MapTable
        {
            Name = "attachments",
            Columns = ["device", "hook", "kind", "state"],
            Rows = [.. report.Attachments.Where(a => !pods.Contains(a.Ifindex)).Select(a => new Cell[] { a.Device, a.Hook, a.Kind, State(a) })],
        };
    }

    private static string State(Attachment attachment) => attachment.IsDeviceGone ? "device gone" : attachment.IsCurrent ? "current" : "old program";

    private static MapTable Drops(StatusReport report) => new()
    {
        Name = "drops",
        Columns = ["reason", "hook", "packets", "bytes"],
        Rows = [.. report.Drops.OrderByDescending(d => d.Packets).Take(TopDrops).Select(d => new Cell[] { d.ReasonText, d.HookText, (long)d.Packets, (long)d.Bytes })],
    };
}
