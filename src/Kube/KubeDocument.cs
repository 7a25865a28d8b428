using System.Text.Json.Nodes;

namespace Netweir.Kube;

/// <summary>An object of a manifest, whatever its kind, and where it lives in the API. The body may be changed before it is applied.</summary>
public sealed record KubeDocument
{
    /// <summary>The kinds of manifests that are known here: what Netweir installs and what its tests deploy.</summary>
    private static readonly Dictionary<(string ApiVersion, string Kind), (string Plural, bool Namespaced)> Kinds = new()
    {
        [("v1", "Namespace")] = ("namespaces", false),
        [("v1", "Pod")] = ("pods", true),
        [("v1", "Service")] = ("services", true),
        [("v1", "ServiceAccount")] = ("serviceaccounts", true),
        [("v1", "ConfigMap")] = ("configmaps", true),
        [("apps/v1", "DaemonSet")] = ("daemonsets", true),
        [("rbac.authorization.k8s.io/v1", "ClusterRole")] = ("clusterroles", false),
        [("rbac.authorization.k8s.io/v1", "ClusterRoleBinding")] = ("clusterrolebindings", false),
        [("rbac.authorization.k8s.io/v1", "Role")] = ("roles", true),
        [("rbac.authorization.k8s.io/v1", "RoleBinding")] = ("rolebindings", true),
    };

    private KubeDocument(JsonObject body, string kind, ObjectKey key, string collection)
    {
        Body = body;
        Kind = kind;
        Key = key;
        Collection = collection;
    }

    public JsonObject Body { get; }

    public string Kind { get; }

    public ObjectKey Key { get; }

    /// <summary>For example <c>/apis/apps/v1/namespaces/kube-system/daemonsets</c>.</summary>
    public string Collection { get; }

    public string Path => $"{Collection}/{Uri.EscapeDataString(Key.Name)}";

    /// <summary>The objects of a YAML or JSON text, in its order.</summary>
    /// <exception cref="FormatException">Not YAML, or an object without a name, of an unknown kind, or without the namespace that its kind needs.</exception>
    public static IReadOnlyList<KubeDocument> ParseAll(string yaml) => [.. KubeYaml.ParseAll(yaml).Select((node, i) => From(node as JsonObject
        ?? throw new FormatException($"document {i + 1} is not an object: write apiVersion, kind and metadata")))];

    /// <exception cref="FormatException">As <see cref="ParseAll"/>.</exception>
    public static KubeDocument From(JsonObject body)
    {
        string version = Text(body["apiVersion"]), kind = Text(body["kind"]);
        string name = Text(body["metadata"]?["name"]), ns = Text(body["metadata"]?["namespace"]);
        if (!Kinds.TryGetValue((version, kind), out var known))
        {
            throw new FormatException($"{version} {kind} '{name}' is of no kind that can be applied: {string.Join(", ", Kinds.Keys.Select(k => k.Kind))} are");
        }

        if (name.Length == 0 || known.Namespaced != ns.Length > 0)
        {
            throw new FormatException($"{kind} '{name}': it needs metadata.name and {(known.Namespaced ? "" : "no ")}metadata.namespace");
        }

        string group = version.Contains('/', StringComparison.Ordinal) ? $"/apis/{version}" : $"/api/{version}";
        string scope = known.Namespaced ? $"/namespaces/{Uri.EscapeDataString(ns)}" : "";
        return new KubeDocument(body, kind, new ObjectKey(ns, name), $"{group}{scope}/{known.Plural}");
    }

    public override string ToString() => $"{Kind} {Key}";

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
