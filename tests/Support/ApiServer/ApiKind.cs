namespace Netweir.Support.ApiServer;

/// <summary>A resource that the server knows.</summary>
public sealed record ApiKind(string ApiPath, string Plural, string Kind, bool Namespaced)
{
    public static IReadOnlyList<ApiKind> All { get; } =
    [
        new("/api/v1", "nodes", "Node", false),
        new("/api/v1", "namespaces", "Namespace", false),
        new("/api/v1", "pods", "Pod", true),
        new("/api/v1", "services", "Service", true),
        new("/api/v1", "serviceaccounts", "ServiceAccount", true),
        new("/apis/apps/v1", "daemonsets", "DaemonSet", true),
        new("/apis/rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", false),
        new("/apis/rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", false),
        // The real server shows the same objects under both; here each has its own, and the plural means the first.
        new("/apis/events.k8s.io/v1", "events", "Event", true),
        new("/api/v1", "events", "Event", true),
        new("/apis/discovery.k8s.io/v1", "endpointslices", "EndpointSlice", true),
        new("/apis/networking.k8s.io/v1", "servicecidrs", "ServiceCIDR", false),
        new("/apis/networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", true),
    ];

    /// <summary>As objects write it: <c>v1</c> or <c>group/version</c>.</summary>
    public string ApiVersion => ApiPath.StartsWith("/apis/", StringComparison.Ordinal) ? ApiPath["/apis/".Length..] : ApiPath["/api/".Length..];

    public static ApiKind Of(string apiVersion, string kind) =>
        All.FirstOrDefault(k => k.ApiVersion == apiVersion && k.Kind == kind)
        ?? throw new ArgumentException($"the test API server does not know {apiVersion} {kind}: add it to {nameof(ApiKind)}.{nameof(All)}");

    public static ApiKind Of(string plural) =>
        All.FirstOrDefault(k => k.Plural == plural)
        ?? throw new ArgumentException($"the test API server does not know '{plural}': add it to {nameof(ApiKind)}.{nameof(All)}");
}
