using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Netweir.Controller.Services;
using Netweir.Kube;

namespace Netweir.Controller.Tests;

public sealed class ProxyPagesTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ClockAt _time = new(Start);
    private readonly ProxyHealth _health;
    private readonly OwnNode _node = new("own");
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PrometheusExporter _exporter = new(KubeProxyMetrics.MeterName);
    private readonly KubeProxyMetrics _metrics;
    private readonly ProxyPages _pages;
    private readonly ChangeCounts _services = new();

    public ProxyPagesTests()
    {
        _health = new ProxyHealth(_time);
        _metrics = new KubeProxyMetrics(_provider.GetRequiredService<IMeterFactory>(), _health, _services, new ChangeCounts());
        _pages = new ProxyPages(_health, _node, new HealthPages(new Conditions(), new LoopWatch(_time), _exporter), _metrics);
    }

    private IInformerSink<Node> Api => _node;

    public void Dispose()
    {
        _metrics.Dispose();
        _exporter.Dispose();
        _provider.Dispose();
    }

    [Fact]
    public void A_node_in_sync_says_when()
    {
        Api.Replaced([Node("other"), Node("own")]);
        _health.Started();
        _health.Updated();
        _time.Passed = TimeSpan.FromSeconds(20);

        var reply = Get("/healthz");

        Assert.Equal((200, "application/json"), (reply.Status, reply.ContentType));
        Assert.Equal(
            """{"lastUpdated":"2026-01-01T00:00:20Z","currentTime":"2026-01-01T00:00:20Z","nodeEligible":true,"healthy":true}""", reply.Body);
    }

    [Fact]
    public void A_change_that_waits_for_a_minute_is_overdue_until_a_turn_took_it_up()
    {
        Api.Upserted(Node("own"));
        _health.Started();
        _health.Updated();
        _time.Passed = TimeSpan.FromSeconds(100);
        Assert.Equal(200, Get("/healthz").Status);
        _health.Queued(complete: true);
        _time.Passed += TimeSpan.FromSeconds(59);
        Assert.Equal(200, Get("/healthz").Status);

        _time.Passed += TimeSpan.FromSeconds(1);

        Assert.Equal((503, 503), (Get("/healthz").Status, Get("/livez").Status));
        Assert.Equal("2026-01-01T00:00:00Z", JsonNode.Parse(Get("/healthz").Body)!["lastUpdated"]!.ToString());
        _health.Started();
        Assert.Equal(503, Get("/healthz").Status);
        _health.Updated();
        Assert.Equal(200, Get("/healthz").Status);
    }

    [Fact]
    public void A_turn_that_hangs_or_fails_is_overdue_as_well()
    {
        _health.Started();
        _time.Passed = ProxyHealth.Allowed / 2;
        _health.Started();
        _time.Passed = ProxyHealth.Allowed;

        Assert.Equal(503, Get("/livez").Status);
    }

    [Fact]
    public void What_came_during_a_turn_waits_for_the_next()
    {
        _health.Started();
        _health.Queued(complete: true);
        _health.Updated();
        Assert.Equal(200, Get("/livez").Status);

        _time.Passed = ProxyHealth.Allowed;

        Assert.Equal(503, Get("/livez").Status);
    }

    [Fact]
    public void First_lists_that_are_not_complete_are_not_waited_for()
    {
        _health.Queued(complete: false);
        _time.Passed = TimeSpan.FromHours(1);

        Assert.Equal(200, Get("/livez").Status);
    }

    [Fact]
    public void A_node_that_is_about_to_go_or_unknown_gets_no_traffic_but_lives()
    {
        Assert.Equal((503, 200), (Get("/healthz").Status, Get("/livez").Status));
        Api.Upserted(Node("own"));
        Assert.Equal(200, Get("/healthz").Status);

        Api.Upserted(Node("own") with { Spec = new NodeSpec { Taints = [new Taint { Key = "ToBeDeletedByClusterAutoscaler", Effect = "NoSchedule" }] } });
        Assert.Equal((503, 200), (Get("/healthz").Status, Get("/livez").Status));
        Assert.Contains("\"nodeEligible\":false,\"healthy\":true", Get("/healthz").Body, StringComparison.Ordinal);

        Api.Upserted(Node("own") with { Spec = new NodeSpec { Taints = [new Taint { Key = "some-other", Effect = "NoExecute" }] } });
        Assert.Equal(200, Get("/healthz").Status);
        Api.Upserted(Node("own") with { Metadata = new ObjectMeta { Name = "own", DeletionTimestamp = Start } });
        Assert.Equal(503, Get("/healthz").Status);
        Api.Deleted(Node("own"));
        Assert.Equal(503, Get("/healthz").Status);
    }

    [Fact]
    public void The_other_port_says_which_proxy_this_is()
    {
        Assert.Equal(new HttpReply(200, "text/plain; charset=utf-8", "netweir"), _pages.Metrics["/proxyMode"]());
        Assert.Equal("ok\n", _pages.Metrics["/healthz"]().Body);
        Assert.Contains("# TYPE kubeproxy_", _pages.Metrics["/metrics"]().Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Dashboards_find_kube_proxys_names()
    {
        Api.Upserted(Node("own"));
        _services.Saw(new ObjectKey("a", "b"));
        _services.Saw(new ObjectKey("a", "b"));
        _health.Queued(complete: true);
        _time.Passed = TimeSpan.FromSeconds(2);
        _health.Started();
        _health.Updated();
        _metrics.SyncTook(TimeSpan.FromMilliseconds(3));
        _metrics.Set(new NoLocalEndpoints(2, 1));
        Get("/healthz");
        Get("/livez");

        var page = _exporter.Render();

        Assert.All(
            (string[])[
                "# TYPE kubeproxy_sync_proxy_rules_duration_seconds histogram\n",
                "\nkubeproxy_sync_proxy_rules_duration_seconds_bucket{le=\"0.002\"} 0\n",
                "\nkubeproxy_sync_proxy_rules_duration_seconds_bucket{le=\"0.004\"} 1\n",
                "\nkubeproxy_sync_proxy_rules_duration_seconds_bucket{le=\"16.384\"} 1\n",
                "\nkubeproxy_sync_proxy_rules_last_queued_timestamp_seconds 1767225600\n",
                "\nkubeproxy_sync_proxy_rules_last_timestamp_seconds 1767225602\n",
                "\nkubeproxy_sync_proxy_rules_service_changes_total 2\n",
                "\nkubeproxy_sync_proxy_rules_service_changes_pending 1\n",
                "\nkubeproxy_sync_proxy_rules_endpoint_changes_total 0\n",
                "\nkubeproxy_sync_proxy_rules_endpoint_changes_pending 0\n",
                "# TYPE kubeproxy_sync_proxy_rules_no_local_endpoints_total gauge\n",
                "\nkubeproxy_sync_proxy_rules_no_local_endpoints_total{traffic_policy=\"external\"} 1\n",
                "\nkubeproxy_sync_proxy_rules_no_local_endpoints_total{traffic_policy=\"internal\"} 2\n",
                "\nkubeproxy_proxy_healthz_total{code=\"200\"} 1\n",
                "\nkubeproxy_proxy_livez_total{code=\"200\"} 1\n",
            ],
            line => Assert.Contains(line, page, StringComparison.Ordinal));
    }

    private HttpReply Get(string path) => _pages.Healthz[path]();

    private static Node Node(string name) => new() { Metadata = new ObjectMeta { Name = name } };
}
