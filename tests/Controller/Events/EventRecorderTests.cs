using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Netweir.Controller.Services;
using Netweir.Kube;
using Netweir.Support.ApiServer;

namespace Netweir.Controller.Tests;

public sealed class EventRecorderTests : IAsyncLifetime, IDisposable
{
    private static readonly ObjectKey Web = new("shop", "web");
    private readonly string _directory = Directory.CreateTempSubdirectory("nw-events-").FullName;
    private readonly TestApiServer _api = TestApiServer.Start();
    private readonly Meter _meter = new("test.events." + Guid.NewGuid().ToString("N"));
    private readonly PrometheusExporter _exporter;
    private readonly Trigger _trigger = new();
    private readonly RawClient _client;
    private readonly EventRecorder _recorder;
    private readonly ServiceEvents _events;
    private readonly Dictionary<ObjectKey, ObjectMeta> _services = new() { [Web] = new() { Namespace = "shop", Name = "web", Uid = "u1", ResourceVersion = "42" } };

    public EventRecorderTests()
    {
        _exporter = new PrometheusExporter(_meter.Name);
        _api.WriteKubeConfig(Path.Combine(_directory, "config"));
        _client = new RawClient(KubeConfig.FromFile(Path.Combine(_directory, "config")));
        _recorder = new EventRecorder(_client, "node1", _trigger, new EventMetrics(_meter), TimeProvider.System, NullLogger.Instance);
        _events = new ServiceEvents(_recorder, k => _services.GetValueOrDefault(k));
    }

    public Task InitializeAsync() => _recorder.StartAsync(CancellationToken.None);

    public Task DisposeAsync() => _recorder.StopAsync(CancellationToken.None);

    public void Dispose()
    {
        _recorder.Dispose();
        _client.Dispose();
        _trigger.Dispose();
        _exporter.Dispose();
        _meter.Dispose();
        _api.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_refused_service_and_its_recovery_are_seen_on_it()
    {
        _events.Refused(new Refusal(Web, RefusalReason.BackendsFull, "nw_backends has no free place; raise --map-size nw_backends=N"));
        _events.Recovered(Web);

        var all = await Sent(2);

        var warning = all.Single(e => e["type"]!.ToString() == "Warning");
        Assert.Equal(("MapFull", "Program"), (warning["reason"]!.ToString(), warning["action"]!.ToString()));
        Assert.Equal("not programmed: nw_backends has no free place; raise --map-size nw_backends=N", warning["note"]!.ToString());
        Assert.Equal(("netweir.io/agent", "node1"), (warning["reportingController"]!.ToString(), warning["reportingInstance"]!.ToString()));
        Assert.Equal(
            """{"apiVersion":"v1","kind":"Service","namespace":"shop","name":"web","uid":"u1","resourceVersion":"42"}""",
            warning["regarding"]!.ToJsonString());
        var normal = all.Single(e => e["type"]!.ToString() == "Normal");
        Assert.Equal("Programmed", normal["reason"]!.ToString());
    }

    [Theory]
    [InlineData(RefusalReason.Conflict, "FrontendConflict")]
    [InlineData(RefusalReason.WriteFailed, "WriteFailed")]
    [InlineData(RefusalReason.SlotsFull, "MapFull")]
    public async Task A_refusal_has_a_reason_of_one_word(object reason, string expected)
    {
        _events.Refused(new Refusal(Web, (RefusalReason)reason, "why"));

        Assert.Equal(expected, (await Sent(1))[0]["reason"]!.ToString());
    }

    [Fact]
    public async Task A_pod_whose_host_port_is_refused_is_told_itself_and_a_service_that_is_gone_is_not()
    {
        _events.Recovered(new ObjectKey("shop", "gone"));
        _events.Refused(new Refusal(HostPortKey.For("shop", "web-0"), RefusalReason.Conflict, "another has it"));

        var regarding = Assert.Single(await Sent(1))["regarding"]!;
        Assert.Equal(("Pod", "web-0"), (regarding["kind"]!.ToString(), regarding["name"]!.ToString()));
    }

    [Fact]
    public async Task An_event_on_a_node_is_in_the_default_namespace()
    {
        new NodeEvents(_recorder, new OwnNode("node1")).Warning("PortTaken", "Listen", "taken");

        var sent = Assert.Single(await Sent(1));
        Assert.Equal("default", sent["metadata"]!["namespace"]!.ToString());
        Assert.Equal("""{"apiVersion":"v1","kind":"Node","name":"node1"}""", sent["regarding"]!.ToJsonString());
    }

    [Fact]
    public async Task Repetitions_raise_the_count_of_one_event_also_after_the_API_forgot_it()
    {
        Warn("again");
        var first = (await Sent(1))[0]["metadata"]!["name"]!.ToString();
        Warn("again");
        await Until(() => Count() == 2);

        _api.Delete("events", "shop", first);
        Warn("again");

        await Until(() => Count() == 3);
        Assert.Single(_api.Store.All("events"));
    }

    [Fact]
    public async Task An_API_that_is_away_is_waited_for_and_nobody_else_waits()
    {
        _api.Faults.Next(2, Fault.Unavailable, "create", "events");
        var clock = Stopwatch.StartNew();
        Warn("one");
        Warn("two");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(0.5), $"recording took {clock.Elapsed}");

        Assert.Equal(["one", "two"], (await Sent(2)).Select(e => e["note"]!.ToString()).Order());
    }

    [Fact]
    public async Task What_the_API_refuses_is_counted_and_the_next_is_sent()
    {
        _api.Faults.Next(1, Fault.Forbidden, "create", "events");
        Warn("refused");
        Warn("sent");

        Assert.Equal("sent", (await Sent(1))[0]["note"]!.ToString());
        await Until(() => _exporter.Render().Contains("netweir_events_total{result=\"sent\"} 1", StringComparison.Ordinal));
        Assert.Contains("netweir_events_total{result=\"refused\"} 1", _exporter.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_is_sent_slowly_and_what_has_no_room_is_counted()
    {
        var flood = EventRecorder.Burst + EventQueue.MostWaiting + 50;
        for (var i = 0; i < flood; i++)
        {
            Warn(i.ToString(CultureInfo.InvariantCulture));
        }
        await Until(() => _api.Store.All("events").Count >= EventRecorder.Burst);
        await Task.Delay(TimeSpan.FromSeconds(1));

        Assert.InRange(_api.Store.All("events").Count, EventRecorder.Burst, EventRecorder.Burst + 3);
        Assert.Contains("netweir_events_total{result=\"dropped\"}", _exporter.Render(), StringComparison.Ordinal);
    }

    private void Warn(string note) => _events.Warning(Web, "MapFull", "Program", note);

    private int Count() => _api.Store.All("events").Select(e => e["series"]?["count"]?.GetValue<int>() ?? 1).FirstOrDefault();

    private async Task<IReadOnlyList<JsonObject>> Sent(int count)
    {
        await Until(() => _api.Store.All("events").Count >= count);
        return _api.Store.All("events");
    }

    private static async Task Until(Func<bool> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "nothing came within 20 s");
            await Task.Delay(20);
        }
    }
}
