using System.CommandLine;
using System.Globalization;
using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>Durations as Kubernetes' tools write them, and waiting.</summary>
internal static class ClusterTime
{
    public static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    public static Option<TimeSpan> Option(string name, string description, TimeSpan value) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        DefaultValueFactory = _ => value,
        CustomParser = result =>
        {
            if (!TryParse(result.Tokens[0].Value, out TimeSpan parsed))
            {
                result.AddError($"{name} {result.Tokens[0].Value}: not a time such as 90s, 5m or 1h");
            }

            return parsed;
        },
    };

    /// <summary>A positive number and s, m or h.</summary>
    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        int seconds = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        if (seconds == 0 || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            || number * seconds is <= 0 or > 86400 * 7)
        {
            return false;
        }

        time = TimeSpan.FromSeconds(number * seconds);
        return true;
    }

    /// <summary>
    /// Looks again and again until <paramref name="done"/>. False when the time is up. An API server that does not answer for a while is waited for
    /// as well, and told of.
    /// </summary>
    /// <exception cref="KubeException">It does not answer when the time is up, or refuses.</exception>
    public static async Task<bool> UntilAsync(
        Progress progress, Func<CancellationToken, Task<bool>> done, TimeSpan limit, TimeSpan between, CancellationToken cancellationToken)
    {
        long end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (true)
        {
            try
            {
                if (await done(cancellationToken).ConfigureAwait(false))
                {
                    return true;
                }

                if (Environment.TickCount64 >= end)
                {
                    return false;
                }
            }
            catch (KubeException e) when (IsPassing(e) && Environment.TickCount64 < end)
            {
                progress.Say("api", $"the API server does not answer, it is asked again: {e.Message}");
            }

            await Task.Delay(between, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsPassing(KubeException e) => e.Reason is KubeErrorReason.Unreachable or KubeErrorReason.Timeout or KubeErrorReason.Disconnected
        or KubeErrorReason.TooManyRequests or KubeErrorReason.ServerError;
}
