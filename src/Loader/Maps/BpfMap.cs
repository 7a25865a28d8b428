namespace Netweir.Loader;

/// <summary>Opens pinned maps. The caller disposes them; the pinned map stays.</summary>
public static class BpfMap
{
    /// <param name="name">For error messages.</param>
    /// <exception cref="BpfException">ENOENT: nothing is pinned there.</exception>
    /// <exception cref="MapLayoutException">The pinned map's sizes are not those of the types.</exception>
    public static BpfMap<TKey, TValue> OpenPinned<TKey, TValue>(string path, string name)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        RawMap raw = RawMap.OpenPinned(path, name);
        try
        {
            return new BpfMap<TKey, TValue>(raw, path);
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="OpenPinned{TKey, TValue}(string, string)"/>
    public static PerCpuBpfMap<TKey, TValue> OpenPinnedPerCpu<TKey, TValue>(string path, string name)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        RawMap raw = RawMap.OpenPinned(path, name);
        try
        {
            return new PerCpuBpfMap<TKey, TValue>(raw, path);
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    /// <summary>What the kernel says of the map pinned at <paramref name="path"/>; null when nothing is pinned there.</summary>
    public static MapInfo? TryReadInfo(string path, string name)
    {
        using BpfFd? fd = BpfFd.TryOpenPinned(path, $"map {name}");
        return fd is null ? null : MapInfo.WithBytes(fd, $"map {name}");
    }
}
