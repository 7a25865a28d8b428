namespace Netweir.Loader;

/// <summary>
/// What a take-over leaves behind at <c>&lt;root&gt;/previous</c> while it lasts: the maps that were replaced, the programs before, and the word who deals
/// with packets now. bpf/previous.h says what for. Pinned, or the kernel would empty the array of programs as soon as the agent dies.
/// </summary>
internal sealed unsafe class PreviousPins(string root)
{
    public const string Conntrack = "nw_conntrack";
    public const string ConntrackMap = "nw_previous_conntrack";
    public const string ProgramsMap = "nw_previous_programs";
    public const string TakeoverMap = "nw_takeover";
    private readonly string _directory = BpfPaths.Previous(root);

    /// <summary>The maps that an object declares for a take-over only.</summary>
    public static IReadOnlyList<string> OwnMaps { get; } = [ConntrackMap, ProgramsMap, TakeoverMap];

    public PreviousState State
    {
        get
        {
            if (!File.Exists(PathOf(TakeoverMap)))
            {
                return PreviousState.None;
            }

            using BpfMap<uint, uint> takeover = Takeover();
            return takeover.TryLookup(0, out uint done) && done != 0 ? PreviousState.TakenOver : PreviousState.Prepared;
        }
    }

    /// <summary>The replaced maps' names.</summary>
    public IReadOnlyList<string> Maps => Directory.Exists(_directory)
        ? [.. Directory.EnumerateFileSystemEntries(_directory).Select(p => Path.GetFileName(p)).Except(OwnMaps).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The word that makes a take-over one comes last.</summary>
    public void Pin(IEnumerable<string> maps, BpfFd programs, BpfFd takeover)
    {
        Directory.CreateDirectory(_directory);
        foreach (string map in maps.Where(m => !File.Exists(PathOf(m))))
        {
            using BpfFd fd = BpfFd.OpenPinned(BpfPaths.Map(root, map), $"map {map}");
            fd.Pin(PathOf(map), $"map {map}");
        }

        if (!File.Exists(PathOf(TakeoverMap)))
        {
            programs.Pin(PathOf(ProgramsMap), $"map {ProgramsMap}");
            takeover.Pin(PathOf(TakeoverMap), $"map {TakeoverMap}");
        }
    }

    public BpfFd Open(string map) => BpfFd.OpenPinned(PathOf(map), $"map {map}");

    /// <summary>Puts the replaced maps back to where they were: the programs before use no others.</summary>
    public void RestoreMaps()
    {
        Directory.CreateDirectory(BpfPaths.NextMaps(root));
        foreach (string map in Maps)
        {
            using BpfFd fd = Open(map);
            PinRename.Pin(fd, BpfPaths.Map(root, map), BpfPaths.NextMap(root, map), $"map {map}");
        }
    }

    public void SetTakenOver()
    {
        using BpfMap<uint, uint> takeover = Takeover();
        takeover.Update(0, 1);
    }

    /// <summary>The word first: what is left after a crash means nothing without it.</summary>
    public void Remove()
    {
        if (!Directory.Exists(_directory))
        {
            return;
        }

        File.Delete(PathOf(TakeoverMap));
        foreach (string pin in Directory.EnumerateFileSystemEntries(_directory).ToList())
        {
            File.Delete(pin);
        }

        Directory.Delete(_directory);
    }

    /// <summary>Puts the programs that are pinned now where their successors find them; a hook that is new stays empty.</summary>
    public static void Fill(BpfFd programs, Btf btf, ProgramStore pinned)
    {
        using var map = new RawMap(BpfFd.Duplicate(programs.Value, $"map {ProgramsMap}"), ProgramsMap, MapInfo.Of(programs, $"map {ProgramsMap}"));
        foreach (BtfEnumerator hook in btf.Find(BtfKind.Enum, "hook")?.Enumerators ?? [])
        {
            using BpfProgram? program = pinned.TryOpen(hook.Name.Replace("HOOK_", "", StringComparison.Ordinal).ToLowerInvariant());
            if (program is not null)
            {
                uint index = (uint)hook.Value;
                int fd = program.Fd.Value;
                map.Update(&index, &fd, MapUpdate.Any);
            }
        }
    }

    private string PathOf(string map) => Path.Combine(_directory, map);

    private BpfMap<uint, uint> Takeover() => BpfMap.OpenPinned<uint, uint>(PathOf(TakeoverMap), TakeoverMap);
}
