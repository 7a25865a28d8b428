using System.Collections;

namespace Netweir.Controller.Services;

/// <summary>
/// An array that grows with the highest index that was set; what was not set is the default. It grows by pages: nothing is copied, and no large
/// object is asked for, of which a few are enough to start a collection of all garbage.
/// </summary>
internal sealed class PagedArray<T> : IEnumerable<T>
    where T : unmanaged
{
    private const int PageBits = 10;
    private const int PageLength = 1 << PageBits;

    private readonly List<T[]> _pages = [];

    /// <summary>Of all pages: nothing was set beyond.</summary>
    public uint Length => (uint)_pages.Count << PageBits;

    public T Get(uint index) => index < Length ? _pages[(int)(index >> PageBits)][index & (PageLength - 1)] : default;

    public void Set(uint index, T value)
    {
        while (index >= Length)
        {
            _pages.Add(new T[PageLength]);
        }

        _pages[(int)(index >> PageBits)][index & (PageLength - 1)] = value;
    }

    public IEnumerator<T> GetEnumerator() => _pages.SelectMany(p => p).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
