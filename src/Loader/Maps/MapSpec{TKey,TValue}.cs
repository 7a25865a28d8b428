namespace Netweir.Loader;

/// <summary>The declaration of a map whose key and value types are known.</summary>
public sealed record MapSpec<TKey, TValue> : MapSpec
    where TKey : unmanaged
    where TValue : unmanaged
{
    /// <summary>Opens the map pinned at <c>&lt;root&gt;/maps/&lt;name&gt;</c>. The caller disposes it.</summary>
    /// <exception cref="BpfException">ENOENT: it is not pinned.</exception>
    /// <exception cref="MapLayoutException">The pinned map has other sizes.</exception>
    public BpfMap<TKey, TValue> OpenPinned(string root) => BpfMap.OpenPinned<TKey, TValue>(BpfPaths.Map(root, Name), Name);
}
