using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Netweir.Controller.Tests;

public sealed class StageRunnerTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Conditions _conditions = new();
    private readonly StageRunner _stages;
    private long _failures;

    public StageRunnerTests()
    {
        var metrics = new AgentMetrics(_services.GetRequiredService<IMeterFactory>());
        _listener.InstrumentPublished = (i, l) =>
        {
            if (i.Meter == metrics.Meter && i.Name == "netweir_loop_failures")
            {
                l.EnableMeasurementEvents(i);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, m, _, _) => _failures += m);
        _listener.Start();
        _stages = new StageRunner("test", _conditions, metrics, NullLogger.Instance);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void A_stage_that_waits_is_not_met_and_has_not_failed()
    {
        Assert.True(_stages.Run("cni", () => 1, "waiting for the services"));

        Assert.Equal([("cni", "waiting for the services")], _conditions.Snapshot());
        Assert.Equal(0, _failures);
        Assert.True(_stages.Run("cni", () => 1));
        Assert.True(_stages.IsMet("cni"));
    }

    [Fact]
    public void A_stage_that_fails_is_not_met_counted_and_tried_again()
    {
        Assert.False(_stages.Run("cni", () => throw new IOException("no space"), "waiting for the services"));

        Assert.Equal([("cni", "no space")], _conditions.Snapshot());
        Assert.Equal(1, _failures);
    }
}
