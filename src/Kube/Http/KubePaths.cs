using System.Globalization;
using System.Text;

namespace Netweir.Kube;

/// <summary>Paths and queries of the API.</summary>
internal static class KubePaths
{
    public static string Collection<T>(KubeResource<T> resource, string? ns)
        where T : class, IKubeObject =>
        string.IsNullOrEmpty(ns)
            ? $"{resource.ApiPath}/{resource.Plural}"
            : $"{resource.ApiPath}/namespaces/{Uri.EscapeDataString(ns)}/{resource.Plural}";

    public static string List<T>(KubeResource<T> resource, KubeQuery query, int limit, string next)
        where T : class, IKubeObject =>
        Build(resource, query, [("limit", limit > 0 ? limit.ToString(CultureInfo.InvariantCulture) : null), ("continue", next)]);

    public static string Watch<T>(KubeResource<T> resource, KubeQuery query, string resourceVersion, int timeoutSeconds)
        where T : class, IKubeObject =>
        Build(resource, query,
        [
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", resourceVersion),
            ("timeoutSeconds", timeoutSeconds.ToString(CultureInfo.InvariantCulture)),
        ]);

    private static string Build<T>(KubeResource<T> resource, KubeQuery query, ReadOnlySpan<(string Key, string? Value)> parameters)
        where T : class, IKubeObject
    {
        var text = new StringBuilder(Collection(resource, query.Namespace));
        var separator = '?';
        foreach (var (key, value) in (ReadOnlySpan<(string, string?)>)[("labelSelector", query.LabelSelector), ("fieldSelector", query.FieldSelector), .. parameters])
        {
            if (!string.IsNullOrEmpty(value))
            {
                text.Append(separator).Append(key).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return text.ToString();
    }
}
