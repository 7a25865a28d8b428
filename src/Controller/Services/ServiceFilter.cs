using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>Which Services and EndpointSlices a proxy serves (upstream: cmd/kube-proxy/app/server.go, label selectors; pkg/proxy/util, ShouldSkipService).</summary>
internal static class ServiceFilter
{
    private const string ProxyName = "service.kubernetes.io/service-proxy-name";
    private const string Headless = "service.kubernetes.io/headless";

    /// <summary>All that it looks at.</summary>
    public static IReadOnlyCollection<string> Labels { get; } = [ProxyName, Headless];

    public static bool Serves(Service service) =>
        HasNoForeignLabel(service.Metadata) && service.Spec.Type != "ExternalName" && service.Spec.Addresses.Count > 0;

    public static bool Serves(EndpointSlice slice) => HasNoForeignLabel(slice.Metadata);

    private static bool HasNoForeignLabel(ObjectMeta metadata) => !metadata.Labels.ContainsKey(ProxyName) && !metadata.Labels.ContainsKey(Headless);
}
