namespace Netweir.Kube;

internal static class ModelLists
{
    /// <summary>
    /// Kubernetes writes an absent list as null. A null within one is nobody's, and must not meet code that expects an object. An array, which has no
    /// room to spare: there are many lists of one.
    /// </summary>
    public static IReadOnlyList<T> WithoutNulls<T>(this IReadOnlyList<T?>? list)
        where T : class => list switch
        {
            null or { Count: 0 } => [],
            T[] array when Array.TrueForAll(array, i => i is not null) => array,
            _ => list.OfType<T>().ToArray(),
        };
}
