namespace Netweir.Kube;

internal static class ModelLists
{
    /// <summary>Kubernetes writes an absent list as null. A null within one is nobody's, and must not meet code that expects an object.</summary>
    public static IReadOnlyList<T> WithoutNulls<T>(this IReadOnlyList<T?>? list)
        where T : class => list is null ? [] : list.Contains(null) ? [.. list.OfType<T>()] : (IReadOnlyList<T>)list;
}
