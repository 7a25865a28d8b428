using System.Diagnostics.Metrics;

namespace Netweir.Controller;

/// <summary>What became of Events.</summary>
internal sealed class EventMetrics(Meter meter)
{
    private readonly Counter<long> _events = meter.CreateCounter<long>(
        "netweir_events", description: "Events by result: sent, refused by the API, or dropped because too many were waiting.");

    public void Count(string result) => _events.Add(1, new KeyValuePair<string, object?>("result", result));
}
