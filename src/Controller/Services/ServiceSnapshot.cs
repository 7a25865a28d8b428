using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// What the API says about one Service at one moment. <paramref name="Service"/> is null when there is none that this proxy serves;
/// <paramref name="Slices"/> are sorted by name. <paramref name="Triggers"/>: when the changes of its slices that this snapshot has for
/// the first time were caused, by annotation <c>endpoints.kubernetes.io/last-change-trigger-time</c>.
/// </summary>
internal sealed record ServiceSnapshot(
    ObjectKey Key,
    Service? Service,
    IReadOnlyList<EndpointSlice> Slices,
    IReadOnlyList<DateTimeOffset> Triggers);
