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

    internal MapLayoutException(string map, string path, string wanted, string found)
        : base($"map {map} is pinned at {path} with another layout.\n  wanted: {wanted}\n  pinned: {found}\n"
            + "Another version of Netweir made it. Use that version's tools, or, to go on with this version, remove the pin (the map's entries are lost; "
            + "running programs keep theirs until they are replaced) and restart the agent.")
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
}
