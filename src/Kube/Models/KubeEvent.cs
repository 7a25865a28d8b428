namespace Netweir.Kube;

/// <summary>events.k8s.io/v1 Event: something that happened to an object. Times are MicroTime of the API (RFC 3339, six digits, UTC).</summary>
public sealed record KubeEvent : IKubeObject
{
    /// <summary>What <see cref="Note"/> may have, in bytes of UTF-8; the API refuses more.</summary>
    public const int LongestNote = 1024;

    public string ApiVersion { get; init; } = "events.k8s.io/v1";

    public string Kind { get; init; } = "Event";

    /// <summary>In the namespace of <see cref="Regarding"/>, in <c>default</c> for a cluster-scoped one.</summary>
    public required ObjectMeta Metadata { get; init; }

    /// <summary>Of the first occurrence.</summary>
    public required string EventTime { get; init; }

    /// <summary>Null for a single occurrence.</summary>
    public EventSeries? Series { get; init; }

    public required string ReportingController { get; init; }

    /// <summary>Which of the controllers; at most 128 bytes.</summary>
    public required string ReportingInstance { get; init; }

    /// <summary>What was tried: one word.</summary>
    public required string Action { get; init; }

    /// <summary>Why this was emitted: one word.</summary>
    public required string Reason { get; init; }

    public required EventReference Regarding { get; init; }

    public required string Note { get; init; }

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public required string Type { get; init; }

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
