using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>What is not programmed as the API has it, and why; tells only what is new.</summary>
internal sealed class RefusedServices(ILogger logger)
{
    private readonly Dictionary<ObjectKey, (Refusal Refusal, DesiredService Desired)> _all = [];

    public event Action<Refusal>? Refused;

    public event Action<ObjectKey>? Recovered;

    public int Count => _all.Count;

    public IEnumerable<ObjectKey> Keys => _all.Keys;

    /// <summary>Who may get what they want as soon as anything is free. Maglev tables, which many may lack for long, wait for the next resync.</summary>
    public IEnumerable<ObjectKey> Waiting =>
        _all.Where(r => r.Value.Refusal is not { IsPartial: true, Reason: RefusalReason.SlotsFull, Rival: null }).Select(r => r.Key);

    public IReadOnlyCollection<Refusal> Refusals => [.. _all.Values.Select(r => r.Refusal)];

    public bool TryGet(ObjectKey key, [NotNullWhen(true)] out DesiredService? desired)
    {
        desired = _all.GetValueOrDefault(key).Desired;
        return desired is not null;
    }

    public void Add(Refusal refusal, DesiredService desired)
    {
        var isNews = !_all.TryGetValue(refusal.Service, out var known) || known.Refusal.Reason != refusal.Reason
            || known.Refusal.IsPartial != refusal.IsPartial || (refusal.IsPartial && known.Refusal.Detail != refusal.Detail);
        _all[refusal.Service] = (refusal, desired);
        if (isNews)
        {
            ServicesLog.Refused(logger, refusal.Service, refusal.IsPartial ? "programmed as the API has it" : "programmed", refusal.Detail);
            Refused?.Invoke(refusal);
        }
    }

    public void Remove(ObjectKey key)
    {
        if (_all.Remove(key))
        {
            ServicesLog.Recovered(logger, key);
            Recovered?.Invoke(key);
        }
    }
}
