using System.Diagnostics;

namespace Netweir.Controller;

/// <summary>Sweeps nw_conntrack, a bounded part every second.</summary>
internal sealed class ConntrackLoop(
    Datapath datapath, StageRunner stages, Trigger trigger, LoopWatch watch, AgentMetrics metrics, TimeProvider time)
    : PeriodicLoop("conntrack", trigger, TimeSpan.FromSeconds(1), watch, metrics, time)
{
    /// <summary>Entries looked at in a second: a full map of the default size is swept in 16 s.</summary>
    private const int PerSecond = 16384;

    private readonly AgentMetrics _metrics = metrics;
    private ConntrackSweep? _sweep;

    /// <summary>As of the last complete sweep.</summary>
    public int Entries => _sweep?.Entries ?? 0;

    protected override Task BeforeAsync(CancellationToken cancellationToken) => datapath.Opened.WaitAsync(cancellationToken);

    protected override bool Turn(bool resync, CancellationToken cancellationToken) => stages.Run(ConditionNames.Conntrack, () =>
    {
        _sweep ??= new ConntrackSweep(datapath.Maps.Conntrack);
        var deleted = _sweep.Step((ulong)Stopwatch.GetTimestamp(), PerSecond);
        _metrics.Expired(deleted);
        return deleted;
    });

    public override void Dispose()
    {
        _sweep?.Dispose();
        base.Dispose();
    }
}
