using System.Globalization;
using System.Text;
using Netweir.Maps;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>A report for people, or for scripts.</summary>
internal static class PreflightText
{
    public static string Write(PreflightReport report, OutputFormat format)
    {
        KeyValuePair<string, Cell>[] facts = [new("verdict", Verdict(report)), new("kernel", report.Kernel)];
        if (format != OutputFormat.Table)
        {
            return OutputWriter.Write(new OutputDocument { Facts = facts, Tables = [Checks(report), Findings(report)] }, format);
        }

        // Whole sentences in columns would be unreadable.
        var text = new StringBuilder(OutputWriter.Write(new OutputDocument { Facts = facts, Tables = [Checks(report)] }, format));
        foreach (Finding finding in report.Findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Word(finding.Severity)}: {finding.What}\n  effect: {finding.Effect}\n  remedy: {finding.Remedy}\n");
        }

        return text.ToString();
    }

    internal static string Verdict(PreflightReport report)
    {
        int errors = report.Findings.Count(f => f.Severity == Severity.Error), warnings = report.Findings.Count(f => f.Severity == Severity.Warning);
        CheckResult? unknown = report.Checks.FirstOrDefault(c => c.Unknown is not null);
        string counts = string.Create(CultureInfo.InvariantCulture, $"{errors} errors, {warnings} warnings");
        return errors > 0 ? $"Netweir does not work here: {counts}"
            : unknown is not null ? $"cannot tell: {unknown.Name}: {unknown.Unknown}"
            : warnings > 0 ? $"Netweir works here: {counts}" : "Netweir works here";
    }

    private static MapTable Checks(PreflightReport report) => new()
    {
        Name = "checks",
        Columns = ["check", "result", "detail"],
        Rows = [.. report.Checks.Select(c => new Cell[] { c.Name, c.Verdict, c.Detail })],
    };

    private static MapTable Findings(PreflightReport report) => new()
    {
        Name = "findings",
        Columns = ["severity", "about", "what", "effect", "remedy"],
        Rows = [.. report.Findings.Select(f => new Cell[] { Word(f.Severity), f.Subject, f.What, f.Effect, f.Remedy })],
    };

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();
}
