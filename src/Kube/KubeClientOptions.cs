namespace Netweir.Kube;

/// <summary>Every part is optional.</summary>
public sealed record KubeClientOptions
{
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Until the headers of an answer, and again until the end of the body of a GET or a page of a LIST.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A watch without a byte for so long is dropped and resumed. API servers send a bookmark about once a minute.</summary>
    public TimeSpan WatchIdleTimeout { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>Watches ask the server to end them after a random time between this and twice this.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Objects in a page of a LIST.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>The largest object, in a list or a watch event, that is accepted, in bytes.</summary>
    public int MaxMessageBytes { get; init; } = 256 << 20;

    /// <summary>Highest HTTP version; 2.0 carries all watches over one connection.</summary>
    public Version HttpVersion { get; init; } = System.Net.HttpVersion.Version20;

    public string UserAgent { get; init; } = "netweir";

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Null: counters on a meter of the client's own.</summary>
    public KubeMetrics? Metrics { get; init; }

    /// <summary>Told of everything that is handled and not thrown. May be called from any thread.</summary>
    public Action<KubeIncident>? OnIncident { get; init; }
}
