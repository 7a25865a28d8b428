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
                ServicesMetrics.NetworkProgrammingDuration.Record((now - trigger).TotalSeconds);
                ServicesMetrics.KubeProxyNetworkProgrammingDuration.Record((now - trigger).TotalSeconds);
            }
        }
    }
}
