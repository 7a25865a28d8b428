namespace Netweir.Kube;

/// <summary>Which objects of a resource. Every part is optional; selectors have the API's own syntax.</summary>
public sealed record KubeQuery
{
    public static KubeQuery All { get; } = new();

    /// <summary>Null means all namespaces.</summary>
    public string? Namespace { get; init; }

    /// <summary>For example <c>!service.kubernetes.io/service-proxy-name,!service.kubernetes.io/headless</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>For example <c>spec.nodeName=worker</c>.</summary>
    public string? FieldSelector { get; init; }
}
