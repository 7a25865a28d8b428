using System.Diagnostics;

namespace Netweir.Support.Lab;

/// <summary>For what becomes true soon.</summary>
public static class Wait
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns how long it took.</summary>
    /// <exception cref="LabException">It did not become true in time; the message carries the last failure.</exception>
    public static async Task<TimeSpan> UntilAsync(string what, TimeSpan timeout, Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        Exception? last = null;
        while (clock.Elapsed < timeout)
        {
            try
            {
                if (await condition())
                {
                    return clock.Elapsed;
                }

                last = null;
            }
            catch (Exception e) when (e is LabException or IOException)
            {
                last = e;
            }

            await Task.Delay(Interval);
        }

        throw new LabException($"{what}: not so after {timeout.TotalSeconds:0.#} s{(last is null ? "" : $": {last.Message}")}", last ?? new TimeoutException());
    }

    /// <inheritdoc cref="UntilAsync(string, TimeSpan, Func{Task{bool}})"/>
    public static Task<TimeSpan> UntilAsync(string what, TimeSpan timeout, Func<bool> condition) =>
        UntilAsync(what, timeout, () => Task.FromResult(condition()));
}
