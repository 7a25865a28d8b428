using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>
/// Programs and maps in the kernel. Owns their descriptors: after disposal lives on only what is pinned or attached.
/// </summary>
public sealed unsafe class LoadedObject : IDisposable
{
    private readonly Dictionary<string, BpfProgram> _programs = [];
    private readonly Dictionary<string, BpfFd> _maps = [];
    private bpf_object* _object;

    internal LoadedObject(bpf_object* loaded, BpfObjectFile file, IReadOnlyDictionary<string, nint> maps)
    {
        _object = loaded;
        File = file;
        try
        {
            Collect(maps);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public BpfObjectFile File { get; }

    /// <summary>By the names of their functions: <c>from_pod</c>. Owned by this object.</summary>
    public IReadOnlyDictionary<string, BpfProgram> Programs => _programs;

    /// <summary>By their names: <c>nw_endpoints</c>. Owned by this object.</summary>
    public IReadOnlyDictionary<string, BpfFd> Maps => _maps;

    /// <exception cref="BpfException">There is no such program.</exception>
    public BpfProgram Program(string name) => _programs.TryGetValue(name, out BpfProgram? program)
        ? program
        : throw new BpfException($"the BPF object has no program {name}; it has {string.Join(", ", _programs.Keys.Order(StringComparer.Ordinal))}");

    /// <summary>A typed view with a descriptor of its own, which the caller disposes.</summary>
    /// <exception cref="BpfException">There is no such map.</exception>
    /// <exception cref="MapLayoutException">The types' sizes are not the map's.</exception>
    public BpfMap<TKey, TValue> Map<TKey, TValue>(string name)
        where TKey : unmanaged
        where TValue : unmanaged => new(Raw(name), name);

    /// <inheritdoc cref="Map{TKey, TValue}(string)"/>
    public BpfMap<TKey, TValue> Map<TKey, TValue>(MapSpec<TKey, TValue> spec)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        ArgumentNullException.ThrowIfNull(spec);
        return Map<TKey, TValue>(spec.Name);
    }

    /// <inheritdoc cref="Map{TKey, TValue}(string)"/>
    public PerCpuBpfMap<TKey, TValue> Map<TKey, TValue>(PerCpuMapSpec<TKey, TValue> spec)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new PerCpuBpfMap<TKey, TValue>(Raw(spec.Name), spec.Name);
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _programs.Values.Concat<IDisposable>(_maps.Values))
        {
            owned.Dispose();
        }

        if (_object != null)
        {
            Native.bpf_object__close(_object);
            _object = null;
        }
    }

    private RawMap Raw(string name)
    {
        if (!_maps.TryGetValue(name, out BpfFd? fd))
        {
            throw new BpfException($"the BPF object has no map {name}; it has {string.Join(", ", _maps.Keys.Order(StringComparer.Ordinal))}");
        }

        BpfFd copy = BpfFd.Duplicate(fd.Value, $"map {name}");
        return new RawMap(copy, name, MapInfo.Of(copy, $"map {name}"));
    }

    private void Collect(IReadOnlyDictionary<string, nint> maps)
    {
        for (bpf_program* p = Native.bpf_object__next_program(_object, null); p != null; p = Native.bpf_object__next_program(_object, p))
        {
            string name = Utf8.Read(Native.bpf_program__name(p));
            _programs[name] = new BpfProgram(BpfFd.Duplicate(Native.bpf_program__fd(p), $"program {name}"), name);
        }

        foreach ((string name, nint map) in maps)
        {
            // Not those that were left out.
            if (Native.bpf_map__fd((bpf_map*)map) is >= 0 and var fd)
            {
                _maps[name] = BpfFd.Duplicate(fd, $"map {name}");
            }
        }
    }
}
