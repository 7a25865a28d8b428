using System.Diagnostics.Metrics;

namespace Netweir.Controller;

/// <summary>Instruments of meter <c>Netweir.Agent</c>. The names are part of the product's interface.</summary>
internal sealed class AgentMetrics : IDisposable
{
    public const string MeterName = "Netweir.Agent";

    private readonly Histogram<double> _turns;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _expired;
    private readonly Counter<long> _loads;
    private readonly Counter<long> _eventsLost;

    public AgentMetrics(IMeterFactory factory)
    {
        Meter = factory.Create(new MeterOptions(MeterName));
        ExternalChanges = Meter.CreateCounter<long>(
            "netweir_external_changes", description: "What something else changed of what Netweir keeps, by kind; it was put back.");
        _turns = Meter.CreateHistogram<double>("netweir_loop_duration", "s", "One turn of a loop.");
        _failures = Meter.CreateCounter<long>("netweir_loop_failures", description: "Turns that ended with an error and are tried again, by loop and stage.");
        _expired = Meter.CreateCounter<long>("netweir_conntrack_expired", description: "Conntrack entries deleted because their flow was over.");
        _eventsLost = Meter.CreateCounter<long>(
            "netweir_netlink_overruns", description: "Times that the kernel dropped network events because they came too fast; everything was read again.");
        _loads = Meter.CreateCounter<long>("netweir_program_loads", description: "Times that the datapath was loaded, by result.");
    }

    /// <summary>For instruments that are read on scrape.</summary>
    public Meter Meter { get; }

    public Counter<long> ExternalChanges { get; }

    public void TurnTook(string loop, TimeSpan duration) => _turns.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("loop", loop));

    public void TurnFailed(string loop, string stage) =>
        _failures.Add(1, new KeyValuePair<string, object?>("loop", loop), new KeyValuePair<string, object?>("stage", stage));

    public void EventsLost() => _eventsLost.Add(1);

    public void Expired(int entries) => _expired.Add(entries);

    public void Loaded(bool accepted) => _loads.Add(1, new KeyValuePair<string, object?>("result", accepted ? "accepted" : "refused"));

    public void Dispose() => Meter.Dispose();
}
