using System.Globalization;
using System.Text;

namespace Netweir.Datapath.Tests.Bench;

/// <summary>Costs beside those that are stored, with a warning where they rose by more than 5 %.</summary>
internal static class PathCostsTable
{
    public const double Tolerance = 0.05;

    public static string Format(PathCosts now, PathCosts stored)
    {
        // What this machine would have needed where the stored ones were measured.
        var scale = stored.Yardstick / now.Yardstick;
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"kernel {now.Kernel}, {now.Processor}");
        text.AppendLine(CultureInfo.InvariantCulture, $"yardstick {now.Yardstick:F0} ns, stored {stored.Yardstick:F0} ns: times scaled by {scale:F2} before they are compared");
        text.AppendLine();
        text.AppendLine(Row("nanoseconds a packet", "now", "scaled", "stored", ""));
        foreach (var (path, nanoseconds) in now.Nanoseconds)
        {
            text.AppendLine(Row(path, Number(nanoseconds), Number(nanoseconds * scale), Number(stored.Nanoseconds.TryGetValue(path, out var s) ? s : null),
                Change(nanoseconds * scale, stored.Nanoseconds.TryGetValue(path, out var before) ? before : null)));
        }
        text.AppendLine();
        text.AppendLine(Row("instructions verified", "now", "", "stored", ""));
        foreach (var (program, instructions) in now.VerifiedInstructions)
        {
            double? before = stored.VerifiedInstructions.TryGetValue(program, out var s) ? s : null;
            text.AppendLine(Row(program, Number(instructions), "", Number(before), Change(instructions, before)));
        }
        return text.ToString();
    }

    private static string Row(string name, string now, string scaled, string stored, string change) => $"{name,-58}{now,9}{scaled,9}{stored,9}  {change}".TrimEnd();

    private static string Number(double? value) => value?.ToString("F0", CultureInfo.InvariantCulture) ?? "-";

    private static string Change(double now, double? before)
    {
        if (before is not > 0)
        {
            return "new";
        }
        var change = (now / before.Value) - 1;
        var text = change.ToString("+0.0 %;-0.0 %;0 %", CultureInfo.InvariantCulture);
        return change > Tolerance ? $"{text}  warning: dearer than stored" : text;
    }
}
