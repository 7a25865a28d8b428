namespace Netweir.Controller.Tests;

public sealed class HealthPagesTests : IDisposable
{
    private readonly Conditions _conditions = new();
    private readonly ManualTime _time = new();
    private readonly PrometheusExporter _exporter = new("none");

    public void Dispose() => _exporter.Dispose();

    [Fact]
    public void Ready_names_every_condition_with_its_cause_in_declared_order()
    {
        _conditions.Declare("nodes", "waiting for the first list");
        _conditions.Declare("devices", "not made yet");
        _conditions.Met("devices");

        var reply = Pages(new LoopWatch(_time)).Readyz();

        Assert.Equal(503, reply.Status);
        Assert.Equal("[-] nodes: waiting for the first list\n[+] devices: ok\nnot ready\n", reply.Body);
        _conditions.Met("nodes");
        Assert.Equal(200, Pages(new LoopWatch(_time)).Readyz().Status);
    }

    [Fact]
    public void A_cause_is_news_only_once()
    {
        Assert.True(_conditions.NotMet("x", "a"));
        Assert.False(_conditions.NotMet("x", "a"));
        Assert.True(_conditions.NotMet("x", "b"));
    }

    [Fact]
    public void A_loop_that_does_not_go_round_is_not_healthy()
    {
        var loops = new LoopWatch(_time);
        loops.Beat("node", TimeSpan.FromSeconds(10));
        _time.Now += TimeSpan.FromSeconds(9);
        Assert.Equal(200, Pages(loops).Healthz().Status);

        _time.Now += TimeSpan.FromSeconds(3);

        Assert.Equal((503, "loop node has not gone round for 12 s\n"), (Pages(loops).Healthz().Status, Pages(loops).Healthz().Body));
    }

    private HealthPages Pages(LoopWatch loops) => new(_conditions, loops, _exporter);
}
