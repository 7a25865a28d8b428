namespace Netweir.Loader;

/// <summary>
/// Reads a map in batches, which for hashes are consistent per bucket; one by one where the kernel has no batches for the map's type.
/// </summary>
internal sealed unsafe class BatchReader(RawMap map)
{
    private const int LargestBatch = 1 << 20;
    private readonly int _keySize = (int)map.Info.KeySize;
    private readonly byte[] _cursor = new byte[Math.Max(map.Info.KeySize, sizeof(ulong))];
    private int _entries;
    private bool _started;
    private bool _ended;
    private bool _oneByOne;

    public byte[] Keys { get; private set; } = [];

    /// <summary>The values, in the order of <see cref="Keys"/>, each of <see cref="RawMap.Stride"/> bytes.</summary>
    public byte[] Values { get; private set; } = [];

    public int Count { get; private set; }

    /// <summary>Reads the next entries into <see cref="Keys"/> and <see cref="Values"/>.</summary>
    /// <returns>false: there are no more.</returns>
    public bool Next()
    {
        if (_entries == 0)
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
        uint count = (uint)_entries;
        int errno;
        fixed (byte* cursor = _cursor, keys = Keys, values = Values)
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
            case BpfErrno.ENOSPC when _entries < LargestBatch:
                Allocate(_entries * 4);
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
        fixed (byte* cursor = _cursor, key = Keys, value = Values)
        {
            if (!map.NextKey(_started ? cursor : null, key))
            {
                _ended = true;
                return false;
            }

            _started = true;
            Buffer.MemoryCopy(key, cursor, _cursor.Length, _keySize);
            Count = map.TryLookup(key, value) ? 1 : 0;
        }

        return Count > 0;
    }

    private void Allocate(int entries)
    {
        _entries = entries;
        Keys = new byte[entries * _keySize];
        Values = new byte[entries * map.Stride];
    }
}
