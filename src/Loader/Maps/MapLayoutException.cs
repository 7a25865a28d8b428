namespace Netweir.Loader;

/// <summary>A map in the kernel is laid out differently than this program needs it.</summary>
public sealed class MapLayoutException : BpfException
{
    public MapLayoutException()
    {
    }

    public MapLayoutException(string message)
        : base(message)
    {
    }

    public MapLayoutException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal MapLayoutException(MapDifference difference)
        : this(difference.Map, difference.Path, difference.Wanted, difference.Found)
    {
    }

    internal MapLayoutException(string map, string path, string wanted, string found)
        : this(map, path, wanted, found, $"map {map} is pinned at {path} with another layout.\n  wanted: {wanted}\n  pinned: {found}\n"
            + "Another version of Netweir made it. Use that version's tools, or start this version's agent, which brings the entries over.")
    {
    }

    private MapLayoutException(string map, string path, string wanted, string found, string message)
        : base(message)
    {
        Map = map;
        Path = path;
        Wanted = wanted;
        Found = found;
    }

    public string Map { get; } = "";

    public string Path { get; } = "";

    public string Wanted { get; } = "";

    public string Found { get; } = "";

    /// <summary>A map can neither be used as it is nor be copied to one of the wanted layout.</summary>
    internal static MapLayoutException NoCopy(string map, MapInfo found, MapInfo wanted, string cause) => new(
        map,
        "",
        wanted.Describe(),
        found.Describe(),
        $"map {map} cannot be brought over to another layout: {cause}.\n  wanted: {wanted.Describe()}\n  pinned: {found.Describe()}\n"
            + "The programs that use it go on. Install a version that lies between the two, or drain the node, remove the pin and restart the agent.");

    /// <summary>A map's entries do not fit into a smaller one.</summary>
    internal static MapLayoutException NoRoom(string map, MapInfo found, MapInfo wanted, string cause) => new(
        map,
        "",
        wanted.Describe(),
        found.Describe(),
        $"map {map} cannot shrink from {found.MaxEntries} to {wanted.MaxEntries} entries: {cause}. Give it at least {found.MaxEntries} entries (--map-size).");
}
