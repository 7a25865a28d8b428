using System.Globalization;

namespace Netweir.Ctl;

/// <summary>
/// Tells a waiting person what is going on: lines, each only when it says something new, with the time since the start. Made for terminals and logs alike.
/// </summary>
internal sealed class Progress(TextWriter output, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly Dictionary<string, string> _said = [];

    /// <summary>Says it, unless it is what was said about <paramref name="subject"/> last.</summary>
    public void Say(string subject, string text)
    {
        if (!_said.TryGetValue(subject, out string? before) || before != text)
        {
            _said[subject] = text;
            Say(text);
        }
    }

    public void Say(string text)
    {
        string seconds = ((int)time.GetElapsedTime(_start).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        output.Write($"{seconds,4}s  {text}\n");
        output.Flush();
    }
}
