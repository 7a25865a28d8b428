using System.Globalization;

namespace Netweir.Support.Lab;

/// <summary>A process id that cannot be mistaken for a later process with the same number.</summary>
/// <param name="Id">Process id.</param>
/// <param name="StartTime">Clock ticks since boot, as /proc/PID/stat has it.</param>
internal readonly record struct ProcessIdentity(int Id, long StartTime)
{
    /// <summary>Null when there is no such process.</summary>
    public static ProcessIdentity? Of(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            // Field 2 is the name in parentheses and may contain anything; field 3 is the state, field 22 the start time.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : new ProcessIdentity(id, long.Parse(fields[22 - 3], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static ProcessIdentity? Parse(string text)
    {
        var words = text.Split(' ');
        return words.Length == 2
            && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? new ProcessIdentity(id, start)
            : null;
    }

    public bool IsAlive => Of(Id) == this;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id} {StartTime}");
}
