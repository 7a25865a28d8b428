using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>Mutable, guarded by the store's lock.</summary>
internal sealed class ServiceEntry
{
    public Service? Service { get; set; }

    public SortedDictionary<string, EndpointSlice> Slices { get; } = new(StringComparer.Ordinal);

    public List<DateTimeOffset> Triggers { get; } = [];

    public bool IsEmpty => Service is null && Slices.Count == 0;
}
