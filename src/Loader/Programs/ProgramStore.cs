namespace Netweir.Loader;

/// <summary>
/// Pins programs as <c>&lt;root&gt;/programs/&lt;name&gt;</c>. A program takes another's place by rename, so that at every moment, also after a crash,
/// one of the two is pinned.
/// </summary>
public sealed class ProgramStore(string root)
{
    private const string Temporary = "-new"; // bpffs takes no dots in names

    private readonly string _directory = BpfPaths.Programs(root);

    public string PathOf(string name) => Path.Combine(_directory, name);

    /// <summary>Pins under the program's name, in the place of what was pinned there.</summary>
    public void Pin(BpfProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        Directory.CreateDirectory(_directory);
        string path = PathOf(program.Name), temporary = path + Temporary;
        PinRename.Pin(program.Fd, path, temporary, $"program {program.Name}");
    }

    /// <exception cref="BpfException">ENOENT: no such program is pinned.</exception>
    public BpfProgram Open(string name) => BpfProgram.OpenPinned(PathOf(name));

    /// <returns>null when no such program is pinned.</returns>
    public BpfProgram? TryOpen(string name) => BpfProgram.TryOpenPinned(PathOf(name));

    /// <summary>Names of the pinned programs, sorted; empty when there is no such directory.</summary>
    public IReadOnlyList<string> List() => Directory.Exists(_directory)
        ? [.. Directory.EnumerateFileSystemEntries(_directory).Select(p => Path.GetFileName(p)).Where(n => !n.EndsWith(Temporary, StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Removes the pin; the program lives on while it is attached.</summary>
    public void Remove(string name) => File.Delete(PathOf(name));
}
