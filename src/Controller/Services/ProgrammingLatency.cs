using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>Remembers why a Service is about to be programmed until it is, and records how long that took.</summary>
internal sealed class ProgrammingLatency(TimeProvider time)
{
    private readonly Dictionary<ObjectKey, IReadOnlyList<DateTimeOffset>> _expected = [];

    public void Expect(ServiceSnapshot snapshot)
    {
        if (snapshot.Triggers.Count > 0)
        {
            _expected[snapshot.Key] = [.. _expected.GetValueOrDefault(snapshot.Key) ?? [], .. snapshot.Triggers];
        }
    }

    public void Programmed(ObjectKey key)
    {
        if (_expected.Remove(key, out var triggers))
        {
            var now = time.GetUtcNow();
            foreach (var trigger in triggers)
            {
                // The trigger is another machine's time: this one's clock may be behind it.
                var took = Math.Max(0, (now - trigger).TotalSeconds);
                ServicesMetrics.NetworkProgrammingDuration.Record(took);
                ServicesMetrics.KubeProxyNetworkProgrammingDuration.Record(took);
            }
        }
    }
}
