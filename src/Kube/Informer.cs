using System.Collections.Immutable;

namespace Netweir.Kube;

/// <summary>
/// Keeps a resource's objects equal to the API's by list and watch, and tells a sink of every change in order. Resumes a watch that
/// ended or broke from the last version or bookmark, lists again when that version is gone, and backs off while the API fails. Objects
/// that cannot be read are reported and keep their last readable state.
/// </summary>
public sealed class Informer<T>(RawClient client, KubeResource<T> resource, IInformerSink<T> sink, InformerOptions? options = null)
    where T : class, IKubeObject
{
    private static readonly TimeSpan ShortestGoodWatch = TimeSpan.FromSeconds(1);

    private readonly InformerOptions _options = options ?? InformerOptions.Default;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableDictionary<ObjectKey, T> _objects = ImmutableDictionary<ObjectKey, T>.Empty;
    private string? _version;
    private bool _watched;
    private int _failures;

    /// <summary>Versions that were gone in a row. Counted apart: the list that follows an outage is asked for at once.</summary>
    private int _gone;

    /// <summary>Completes when the first <see cref="IInformerSink{T}.Replaced"/> has returned.</summary>
    public Task Synced => _synced.Task;

    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    /// <summary>A snapshot, as new as the last call to the sink.</summary>
    public ImmutableDictionary<ObjectKey, T> Objects => Volatile.Read(ref _objects);

    /// <summary>Runs until cancelled, then returns. To be called once. Only what the sink throws escapes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await StepAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _synced.TrySetCanceled(cancellationToken);
        }
        catch (Exception e)
        {
            _synced.TrySetException(e);
            throw;
        }
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_version is null)
            {
                await ListAsync(cancellationToken).ConfigureAwait(false);
            }

            await WatchAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KubeException e) when (e.Reason == KubeErrorReason.ResourceAbsent && _options.AbsentIsEmpty)
        {
            _failures = 0;
            _version = null;
            Replace(ImmutableDictionary<ObjectKey, T>.Empty);
            await Task.Delay(_options.AbsentRecheck, client.Options.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeException e)
        {
            await RecoverAsync(e, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var list = await client.ListAsync(resource, _options.Query, cancellationToken).ConfigureAwait(false);
        client.Metrics.Relisted(resource.Plural);
        var builder = ImmutableDictionary.CreateBuilder<ObjectKey, T>();
        foreach (var obj in list.Items)
        {
            builder[obj.Metadata.Key] = obj;
        }

        foreach (var meta in list.Malformed)
        {
            if (_objects.TryGetValue(meta.Key, out var known) && known.Metadata.Uid == meta.Uid)
            {
                builder[meta.Key] = known;
            }
        }

        Replace(builder.ToImmutable());
        _version = list.ResourceVersion;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        if (_watched)
        {
            client.Metrics.WatchRestarted(resource.Plural);
        }

        _watched = true;
        var began = client.Options.Time.GetTimestamp();
        var heard = false;
        await foreach (var change in client.WatchAsync(resource, _options.Query, _version!, cancellationToken).ConfigureAwait(false))
        {
            (heard, _failures, _gone) = (true, 0, 0);
            Apply(change);
            if (change.Metadata.ResourceVersion.Length > 0)
            {
                _version = change.Metadata.ResourceVersion;
            }
        }

        if (heard || client.Options.Time.GetElapsedTime(began) >= ShortestGoodWatch)
        {
            (_failures, _gone) = (0, 0);
            return;
        }

        await Task.Delay(_options.Backoff.Delay(++_failures), client.Options.Time, cancellationToken).ConfigureAwait(false);
    }

    private async Task RecoverAsync(KubeException e, CancellationToken cancellationToken)
    {
        client.Metrics.Failed(resource.Plural, e.Reason);
        _failures++;
        var delay = _options.Backoff.Delay(_failures);
        if (e.RetryAfter is { } asked)
        {
            delay = asked > _options.Backoff.Cap ? _options.Backoff.Cap : asked > delay ? asked : delay;
        }

        if (e.Reason is KubeErrorReason.Gone or KubeErrorReason.ResourceVersionTooLarge or KubeErrorReason.ResourceAbsent)
        {
            _version = null;
            delay = ++_gone == 1 ? TimeSpan.Zero : delay;
        }

        client.Report(new KubeIncident(
            resource.Plural, KubeMetrics.ReasonName(e.Reason),
            $"{e.Message} (going on with {(_version is null ? "a list" : "a watch")} in {delay.TotalSeconds:0.0} s)", e));
        await Task.Delay(delay, client.Options.Time, cancellationToken).ConfigureAwait(false);
    }

    private void Replace(ImmutableDictionary<ObjectKey, T> objects)
    {
        Volatile.Write(ref _objects, objects);
        sink.Replaced([.. objects.Values]);
        _synced.TrySetResult();
    }

    private void Apply(WatchEvent<T> change)
    {
        var key = change.Metadata.Key;
        var known = key.Name.Length > 0 ? _objects.GetValueOrDefault(key) : null;
        switch (change.Type)
        {
            case WatchEventType.Added or WatchEventType.Modified when change.Object is { } obj:
                // A resumed watch may repeat what the list has shown.
                if (known?.Metadata.ResourceVersion != obj.Metadata.ResourceVersion || obj.Metadata.ResourceVersion.Length == 0)
                {
                    Volatile.Write(ref _objects, _objects.SetItem(key, obj));
                    sink.Upserted(obj);
                }

                break;
            case WatchEventType.Deleted when known is not null:
                Volatile.Write(ref _objects, _objects.Remove(key));
                sink.Deleted(change.Object ?? known);
                break;
            default:
                break;
        }
    }
}
