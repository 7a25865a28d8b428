using System.Diagnostics;
using System.Globalization;
using Netweir.Support.Lab;

namespace Netweir.Demo;

/// <summary>What is shown: a line a step with the time it took, and for checks what was expected and what came.</summary>
internal sealed class Report
{
    private readonly Stopwatch _total = Stopwatch.StartNew();
    private int _checks;
    private int _failed;

    public bool Failed => _failed > 0;

    public void Section(string title) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{title}  [{_total.Elapsed.TotalSeconds:0.0} s]"));

    public static async Task<T> StepAsync<T>(string what, Func<Task<T>> step)
    {
        var clock = Stopwatch.StartNew();
        var result = await step();
        Line("    ", clock.Elapsed, what);
        return result;
    }

    public static Task StepAsync(string what, Func<Task> step) => StepAsync(what, async () =>
    {
        await step();
        return true;
    });

    /// <summary>A check that says in words what it got; it holds when that is what was expected.</summary>
    public Task CheckAsync(string what, string expected, Func<Task<string>> check) =>
        CheckAsync(what, expected, async () =>
        {
            var got = await check();
            return (got == expected, got);
        });

    public async Task CheckAsync(string what, string expected, Func<Task<(bool Holds, string Got)>> check)
    {
        var clock = Stopwatch.StartNew();
        var (holds, got) = (false, string.Empty);
        try
        {
            (holds, got) = await check();
        }
        catch (LabException e)
        {
            got = e.Message;
        }

        _checks++;
        _failed += holds ? 0 : 1;
        Line(holds ? "ok  " : "FAIL", clock.Elapsed, $"{what,-44} {(holds ? got : $"expected: {expected}; got: {got}")}");
    }

    public static void Show(string text) => Console.WriteLine(string.Join('\n', text.TrimEnd().Split('\n').Select(l => $"    {l}")));

    public void Close() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"\n{_checks} checks, {(_failed == 0 ? "all as expected" : $"{_failed} FAILED")}, {_total.Elapsed.TotalSeconds:0.0} s"));

    private static void Line(string verdict, TimeSpan time, string text) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {verdict} {time.TotalMilliseconds,6:0} ms  {text}"));
}
