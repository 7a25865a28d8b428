using System.Text.Json;

namespace Netweir.Kube;

/// <summary>An Event that occurred at least twice.</summary>
public sealed record EventSeries
{
    public required int Count { get; init; }

    /// <summary>As <see cref="KubeEvent.Time"/> writes it.</summary>
    public required string LastObservedTime { get; init; }

    /// <summary>What of an Event may change once it is there, as a merge patch: UTF-8 JSON.</summary>
    public byte[] ToPatch() => [.. "{\"series\":"u8, .. JsonSerializer.SerializeToUtf8Bytes(this, KubeJson.Default.EventSeries), (byte)'}'];
}
