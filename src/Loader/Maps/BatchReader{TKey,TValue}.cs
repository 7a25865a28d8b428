namespace Netweir.Loader;

/// <summary>
/// Reads a map in batches, which for hashes are consistent per bucket; one by one where the kernel has no batches for the map's type.
/// </summary>
/// <param name="stride">Bytes of an entry's value, or of all its CPUs' values.</param>
internal sealed unsafe class BatchReader<TKey, TValue>(RawMap map, int stride)
    where TKey : unmanaged
    where TValue : unmanaged
{
    private const int LargestBatch = 1 << 20;
    private readonly byte[] _cursor = new byte[Math.Max(sizeof(TKey), sizeof(ulong))];
    private bool _started;
    private bool _ended;
    private bool _oneByOne;

    public TKey[] Keys { get; private set; } = [];

    /// <summary>The values, in the order of <see cref="Keys"/>.</summary>
    public byte[] Values { get; private set; } = [];

    public int Count { get; private set; }

    /// <summary>Reads the next entries into <see cref="Keys"/> and <see cref="Values"/>.</summary>
    /// <returns>false: there are no more.</returns>
    public bool Next()
    {
        if (Keys.Length == 0)
        {
            Allocate(256);
        }

        while (!_ended)
        {
            if (_oneByOne ? NextSingle() : NextBatch())
            {
                return true;
            }
        }

        return false;
    }

    private bool NextBatch()
    {
        uint count = (uint)Keys.Length;
        int errno;
        fixed (byte* cursor = _cursor)
        fixed (TKey* keys = Keys)
        fixed (byte* values = Values)
        {
            errno = map.LookupBatch(_started ? cursor : null, cursor, keys, values, ref count);
        }

        switch (errno)
        {
            case 0 or BpfErrno.ENOENT:
                _started = true;
                _ended = errno != 0;
                Count = (int)count;
                return Count > 0;
            case BpfErrno.ENOSPC when Keys.Length < LargestBatch:
                Allocate(Keys.Length * 4);
                return false;
            case BpfErrno.EINVAL or BpfErrno.ENOTSUP or BpfErrno.ENOTSUPP when !_started:
                _oneByOne = true;
                return false;
            default:
                throw map.Failed("list the entries of", errno);
        }
    }

    private bool NextSingle()
    {
        TKey key;
        fixed (byte* cursor = _cursor)
        {
            TKey previous = *(TKey*)cursor;
            if (!map.NextKey(_started ? &previous : null, &key))
            {
                _ended = true;
                return false;
            }

            *(TKey*)cursor = key;
        }

        _started = true;
        Keys[0] = key;
        fixed (byte* value = Values)
        {
            Count = map.TryLookup(&key, value) ? 1 : 0;
        }

        return Count > 0;
    }

    private void Allocate(int entries)
    {
        Keys = new TKey[entries];
        Values = new byte[entries * stride];
    }
}
