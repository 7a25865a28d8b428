using System.Text.Json.Serialization;

namespace Netweir.Bench.Results;

/// <summary>What is measured on every path. The names are the load tool's modes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Metric>))]
public enum Metric
{
    /// <summary>A byte each way over one TCP connection.</summary>
    [JsonStringEnumMemberName("rr")]
    Rr,

    /// <summary>The same with a TCP connection each.</summary>
    [JsonStringEnumMemberName("crr")]
    Crr,

    /// <summary>UDP datagrams of one byte, which nobody reads.</summary>
    [JsonStringEnumMemberName("flood")]
    Flood,

    /// <summary>As much TCP as goes.</summary>
    [JsonStringEnumMemberName("stream")]
    Stream,
}
