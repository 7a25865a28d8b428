using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>
/// Sends Events to the API (events.k8s.io/v1), at most <see cref="Burst"/> at once and one every <see cref="Every"/> on average. What cannot be
/// sent now is tried again until it can; what the API refuses, or has no room here, is counted and forgotten: nobody waits for an Event.
/// </summary>
internal sealed class EventRecorder(RawClient client, string node, Trigger trigger, EventMetrics metrics, TimeProvider time, ILogger logger)
    : BackgroundService, IEventRecorder
{
    public const string Controller = "netweir.io/agent";
    internal const int Burst = 25;
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private const int LongestInstance = 128;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly EventQueue _queue = new(time);
    private readonly string _instance = Encoding.UTF8.GetByteCount(node) <= LongestInstance ? node : node[..LongestInstance];
    private string? _lastFailure;

    public void Record(EventSubject subject, EventType type, string reason, string action, string note)
    {
        if (_queue.TryAdd(subject, type, reason, action, note))
        {
            trigger.Pull();
        }
        else
        {
            metrics.Count("dropped");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var tokens = (double)Burst;
        var refilled = time.GetTimestamp();
        while (true)
        {
            if (!_queue.TryTake(out var entry))
            {
                await trigger.WaitAsync(Timeout.InfiniteTimeSpan, stoppingToken).ConfigureAwait(false);
                continue;
            }
            tokens = Math.Min(Burst, tokens + (time.GetElapsedTime(refilled) / Every));
            refilled = time.GetTimestamp();
            if (tokens < 1)
            {
                await Task.Delay(Every * (1 - tokens), time, stoppingToken).ConfigureAwait(false);
            }
            tokens--;
            await SendAsync(entry, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(EventEntry entry, CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromSeconds(1);
        while (true)
        {
            try
            {
                await TrySendAsync(entry, cancellationToken).ConfigureAwait(false);
                _queue.Sent(entry);
                metrics.Count("sent");
                _lastFailure = null;
                return;
            }
            catch (KubeException e) when (e.Reason == KubeErrorReason.NotFound && entry.Created)
            {
                _queue.Lost(entry);
                continue;
            }
            catch (KubeException e)
            {
                Report(entry, e);
                if (!Passes(e.Reason))
                {
                    metrics.Count("refused");
                    return;
                }
            }
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    /// <summary>One that a server made before it failed to say so is there: that is what was wanted.</summary>
    private async Task TrySendAsync(EventEntry entry, CancellationToken cancellationToken)
    {
        var (made, series) = _queue.Send(entry, e => (e.Created ? null : e.ToEvent(Controller, _instance), e.Series));
        if (made is null)
        {
            await client.PatchAsync(KubeResources.Events, entry.Name, series!.ToPatch(), cancellationToken).ConfigureAwait(false);
            return;
        }
        try
        {
            await client.CreateAsync(KubeResources.Events, made, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeException e) when (e.Reason == KubeErrorReason.AlreadyExists)
        {
            _lastFailure = null;
        }
    }

    private static bool Passes(KubeErrorReason reason) => reason
        is not (KubeErrorReason.Forbidden or KubeErrorReason.NotFound or KubeErrorReason.ResourceAbsent or KubeErrorReason.Rejected);

    /// <summary>Each cause once.</summary>
    private void Report(EventEntry entry, KubeException e)
    {
        var failure = $"{e.Reason} {e.StatusCode}";
        if (_lastFailure != failure)
        {
            _lastFailure = failure;
            EventLog.NotSent(logger, entry.Key.Kind, entry.Key.Subject, entry.Key.Reason, e.Message);
        }
    }
}
