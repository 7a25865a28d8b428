using System.Collections.ObjectModel;

namespace Netweir.Kube;

internal static class EmptyMap
{
    public static IReadOnlyDictionary<string, string> Instance => ReadOnlyDictionary<string, string>.Empty;
}
