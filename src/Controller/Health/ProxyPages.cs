using System.Globalization;

namespace Netweir.Controller;

/// <summary>What kube-proxy's two ports answer, in its words (upstream: pkg/proxy/healthcheck/proxy_health.go, cmd/kube-proxy).</summary>
internal sealed class ProxyPages(ProxyHealth health, OwnNode node, HealthPages pages, KubeProxyMetrics metrics)
{
    /// <summary>Asked by load balancers and probes, usually at :10256.</summary>
    public IReadOnlyDictionary<string, Func<HttpReply>> Healthz => new Dictionary<string, Func<HttpReply>>(StringComparer.Ordinal)
    {
        ["/healthz"] = NodeHealth,
        ["/livez"] = Livez,
    };

    /// <summary>Asked on the node, usually at 127.0.0.1:10249.</summary>
    public IReadOnlyDictionary<string, Func<HttpReply>> Metrics => new Dictionary<string, Func<HttpReply>>(StringComparer.Ordinal)
    {
        ["/healthz"] = pages.Healthz,
        ["/metrics"] = pages.Metrics,
        ["/proxyMode"] = () => HttpReply.Text(200, "netweir"),
    };

    /// <summary>200 when this node may get traffic: in sync, and not about to be deleted.</summary>
    private HttpReply NodeHealth()
    {
        var eligible = node.Eligible;
        var healthy = health.Healthy;
        var reply = Reply(healthy && eligible, $"\"nodeEligible\":{Json(eligible)},\"healthy\":{Json(healthy)}");
        metrics.Healthz(reply.Status);
        return reply;
    }

    /// <summary>200 when in sync, whatever becomes of the node.</summary>
    private HttpReply Livez()
    {
        var healthy = health.Healthy;
        var reply = Reply(healthy, $"\"healthy\":{Json(healthy)}");
        metrics.Livez(reply.Status);
        return reply;
    }

    /// <summary>As upstream: <c>lastUpdated</c> is now where all is well, else when it last was.</summary>
    private HttpReply Reply(bool ok, string fields)
    {
        var now = health.Now;
        var updated = ok ? now : health.LastUpdated ?? DateTimeOffset.MinValue;
        return HttpReply.Json(ok ? 200 : 503, $"{{\"lastUpdated\":\"{Time(updated)}\",\"currentTime\":\"{Time(now)}\",{fields}}}");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static string Json(bool value) => value ? "true" : "false";
}
