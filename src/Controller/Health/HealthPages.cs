using System.Text;

namespace Netweir.Controller;

/// <summary>What the health server answers.</summary>
internal sealed class HealthPages(Conditions conditions, LoopWatch loops, PrometheusExporter exporter)
{
    public IReadOnlyDictionary<string, Func<HttpReply>> Handlers => new Dictionary<string, Func<HttpReply>>(StringComparer.Ordinal)
    {
        ["/healthz"] = Healthz,
        ["/readyz"] = Readyz,
        ["/metrics"] = Metrics,
    };

    /// <summary>200 while every loop goes round.</summary>
    public HttpReply Healthz()
    {
        var stuck = loops.Stuck();
        return stuck.Count == 0 ? HttpReply.Text(200, "ok\n") : HttpReply.Text(503, string.Join('\n', stuck) + "\n");
    }

    public HttpReply Metrics() => new(200, "text/plain; version=0.0.4; charset=utf-8", exporter.Render());

    /// <summary>200 when every condition holds; the body names each, and the cause where one does not.</summary>
    public HttpReply Readyz()
    {
        var body = new StringBuilder();
        foreach (var (name, cause) in conditions.Snapshot())
        {
            body.Append(cause is null ? "[+] " : "[-] ").Append(name).AppendLine(cause is null ? ": ok" : ": " + cause.ReplaceLineEndings("\n      "));
        }
        foreach (var note in conditions.Notes())
        {
            body.Append("[!] ").AppendLine(note);
        }
        var ready = conditions.AllMet;
        body.AppendLine(ready ? "ready" : "not ready");
        return HttpReply.Text(ready ? 200 : 503, body.ToString());
    }
}
