using System.Security.Cryptography;
using System.Text;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>Keys of the services that stand for a pod's host ports. No Service of the API has a slash in its name.</summary>
internal static class HostPortKey
{
    private const string Prefix = "pod/";
    private const int Longest = 63;
    private const int HashLength = 10;

    /// <summary><c>namespace</c> and <c>pod/name</c>; a name that nw_services cannot hold is cut, and ends with a hash of the whole.</summary>
    public static ObjectKey For(string podNamespace, string podName)
    {
        var name = Prefix + podName;
        if (Encoding.UTF8.GetByteCount(name) > Longest)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(podName)))[..HashLength];
            name = $"{name[..(Longest - HashLength - 1)]}-{hash}";
        }

        return new ObjectKey(podNamespace, name);
    }

    /// <summary>Null for another key, and for a name that was (or might have been) cut.</summary>
    public static ObjectKey? PodOf(ObjectKey key) =>
        Is(key) && Encoding.UTF8.GetByteCount(key.Name) < Longest ? new ObjectKey(key.Namespace, key.Name[Prefix.Length..]) : null;

    public static bool Is(ObjectKey key) => key.Name.StartsWith(Prefix, StringComparison.Ordinal);
}
