namespace Netweir.Maps;

/// <summary>The datapath's maps, opened and typed. Disposing closes the descriptors; the pinned maps stay.</summary>
public sealed partial class NetweirMaps : IDisposable
{
    private readonly List<IDisposable> _opened = [];

    /// <param name="root">The BPF root, such as <c>/sys/fs/bpf/netweir</c>; the maps are below <c>maps/</c>.</param>
    /// <exception cref="Loader.BpfException">A map is not pinned (ENOENT), or may not be opened.</exception>
    /// <exception cref="Loader.MapLayoutException">A pinned map's layout is not the one this program was generated for.</exception>
    public static NetweirMaps OpenPinned(string root) => new(root);

    public void Dispose()
    {
        foreach (IDisposable map in _opened)
        {
            map.Dispose();
        }
    }

    private T Add<T>(T map)
        where T : IDisposable
    {
        _opened.Add(map);
        return map;
    }
}
