using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>
/// An object that is open but not loaded: configure it, then <see cref="Load"/>. The kernel knows nothing of it yet.
/// </summary>
public sealed unsafe class OpenObject : IDisposable
{
    private const nuint VerifierLogSize = 16 * 1024 * 1024 - 1; // the most that every kernel takes; pages are used as they are written
    private readonly ReadOnlyMemory<byte> _content;
    private readonly Dictionary<string, nint> _maps = new(StringComparer.Ordinal);
    private string? _pinDirectory;
    private IReadOnlySet<string> _anew = new HashSet<string>();
    private bpf_object* _object;

    private OpenObject(BpfObjectFile file, string name)
    {
        File = file;
        _content = file.Content;
        using var log = new LibBpfLog();
        fixed (byte* bytes = _content.Span)
        fixed (byte* cName = Utf8.Zero(name))
        {
            Opts.Init(out bpf_object_open_opts opts);
            opts.object_name = cName;
            _object = Native.bpf_object__open_mem(bytes, (nuint)_content.Length, &opts);
            int errno = _object == null ? Marshal.GetLastSystemError() : 0;
            if (_object == null)
            {
                throw new BpfException("open", $"BPF object {name}", errno, $"libbpf does not understand it: {log}");
            }
        }

        for (bpf_map* m = Native.bpf_object__next_map(_object, null); m != null; m = Native.bpf_object__next_map(_object, m))
        {
            _maps[Utf8.Read(Native.bpf_map__name(m))] = (nint)m;
        }
    }

    public BpfObjectFile File { get; }

    /// <exception cref="BtfFormatException"/>
    /// <exception cref="BpfException"/>
    /// <exception cref="IOException"/>
    public static OpenObject FromFile(string path) => new(BpfObjectFile.Read(path), Path.GetFileName(path).Split('.')[0]);

    public static OpenObject From(BpfObjectFile file, string name = "netweir")
    {
        ArgumentNullException.ThrowIfNull(file);
        return new OpenObject(file, name);
    }

    /// <summary>Sets a <c>const volatile</c> variable of <c>.rodata</c>: the verifier takes it for a constant.</summary>
    /// <exception cref="BpfException">There is no such variable, or it has another size.</exception>
    public OpenObject SetConstant<T>(string variable, T value)
        where T : unmanaged
    {
        BpfVariable found = File.FindVariable(variable) is { Section: ".rodata" } v
            ? v
            : throw new BpfException($"cannot set constant {variable}: the object has no such variable in .rodata; declare it 'const volatile' outside of functions");
        if (found.Size != sizeof(T))
        {
            throw new BpfException($"cannot set constant {variable}: it has {found.Size} bytes and the value {sizeof(T)}; run 'make layouts' and build again");
        }

        nuint size;
        byte* section = (byte*)Native.bpf_map__initial_value(Find(".rodata"), &size);
        if (section == null || size < found.Offset + found.Size)
        {
            throw new BpfException($"cannot set constant {variable}: libbpf has no initial value of .rodata");
        }

        Unsafe.WriteUnaligned(section + found.Offset, value);
        return this;
    }

    /// <summary>Makes a map larger or smaller than it is declared.</summary>
    public OpenObject SetMaxEntries(string map, uint maxEntries)
    {
        int result = Native.bpf_map__set_max_entries(Find(map), maxEntries);
        return result == 0 ? this : throw new BpfException("set max_entries of", $"map {map}", -result);
    }

    /// <summary>
    /// Maps that are declared to be pinned by name are pinned as <c>&lt;root&gt;/maps/&lt;name&gt;</c>. Those that are pinned there already, with the same
    /// layout, are used as they are, with their entries.
    /// </summary>
    /// <param name="anew">Maps that are created in any case, and not pinned.</param>
    public OpenObject PinMaps(string root, IReadOnlySet<string>? anew = null)
    {
        _pinDirectory = BpfPaths.Maps(root);
        _anew = anew ?? _anew;
        return this;
    }

    /// <summary>The maps that are pinned below a root with another layout or size than they are to have here.</summary>
    public IReadOnlyList<MapDifference> CompareMaps(string root) =>
        [.. File.Maps.Where(m => m.PinnedByName).Select(m => Compare(BpfPaths.Map(root, m.Name), m)).OfType<MapDifference>()];

    /// <summary>Takes a map of the kernel for a declared one, whatever its layout.</summary>
    internal OpenObject UseMap(string map, BpfFd fd)
    {
        int result = Native.bpf_map__reuse_fd(Find(map), fd.Value);
        return result == 0 ? this : throw new BpfException("use another map for", $"map {map}", -result);
    }

    /// <summary>Does not create the map, if there is one: no instruction that the verifier reaches uses it.</summary>
    internal OpenObject Without(string map)
    {
        int result = _maps.ContainsKey(map) ? Native.bpf_map__set_autocreate(Find(map), false) : 0;
        return result == 0 ? this : throw new BpfException("leave out", $"map {map}", -result);
    }

    /// <summary>Verifies and loads all programs, creates the maps that are not pinned yet. Ends this object; on failure nothing stays behind.</summary>
    /// <exception cref="VerifierException">The kernel refused a program.</exception>
    /// <exception cref="MapLayoutException">A pinned map has another layout.</exception>
    /// <exception cref="BpfException"/>
    public LoadedObject Load()
    {
        ObjectDisposedException.ThrowIf(_object == null, this);
        PreparePins();
        List<ProgramLog> programs = [];
        using var log = new LibBpfLog();
        try
        {
            for (bpf_program* p = Native.bpf_object__next_program(_object, null); p != null; p = Native.bpf_object__next_program(_object, p))
            {
                programs.Add(new ProgramLog(p, VerifierLogSize));
            }

            int result = Native.bpf_object__load(_object);
            if (result < 0)
            {
                throw Refused(-result, programs, log.ToString());
            }

            bpf_object* loaded = _object;
            _object = null;
            return new LoadedObject(loaded, File, _maps);
        }
        finally
        {
            programs.ForEach(p => p.Dispose());
        }
    }

    public void Dispose()
    {
        if (_object != null)
        {
            Native.bpf_object__close(_object);
            _object = null;
        }
    }

    private static BpfException Refused(int errno, List<ProgramLog> programs, string log)
    {
        ProgramLog? refused = programs.FirstOrDefault(p => p.IsRefused);
        return refused is null
            ? new BpfException("load", "the BPF object", errno, $"libbpf says:\n{log}")
            : new VerifierException(refused.Name, errno, refused.ToString());
    }

    private void PreparePins()
    {
        IEnumerable<MapSpec> pinned = File.Maps.Where(m => m.PinnedByName);
        if (_pinDirectory is null)
        {
            foreach (MapSpec spec in pinned)
            {
                SetPinPath(spec.Name, null); // libbpf would pin below /sys/fs/bpf by default
            }

            return;
        }

        Directory.CreateDirectory(_pinDirectory);
        foreach (MapSpec spec in pinned)
        {
            string path = Path.Combine(_pinDirectory, spec.Name);
            if (_anew.Contains(spec.Name))
            {
                SetPinPath(spec.Name, null);
                continue;
            }

            if (Compare(path, spec) is { } difference)
            {
                throw new MapLayoutException(difference);
            }

            fixed (byte* cPath = Utf8.Zero(path))
            {
                SetPinPath(spec.Name, cPath);
            }
        }
    }

    private MapDifference? Compare(string path, MapSpec spec) =>
        PinnedMapCheck.Compare(path, spec with { MaxEntries = Native.bpf_map__max_entries(Find(spec.Name)) }, File.Btf);

    private void SetPinPath(string map, byte* path)
    {
        int result = Native.bpf_map__set_pin_path(Find(map), path);
        if (result < 0)
        {
            throw new BpfException("set the pin path of", $"map {map}", -result);
        }
    }

    /// <summary>By its declared name: libbpf's own changes with <see cref="UseMap"/>.</summary>
    private bpf_map* Find(string name)
    {
        ObjectDisposedException.ThrowIf(_object == null, this);
        if (_maps.TryGetValue(name, out nint known))
        {
            return (bpf_map*)known;
        }

        fixed (byte* cName = Utf8.Zero(name))
        {
            bpf_map* map = Native.bpf_object__find_map_by_name(_object, cName); // a section's, such as .rodata
            return map != null ? map : throw new BpfException($"the BPF object has no map {name}; it has {string.Join(", ", File.Maps.Select(m => m.Name))}");
        }
    }
}
