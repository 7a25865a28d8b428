namespace Netweir.NodeState;

/// <summary>Directories that are made where there was none, each told of before.</summary>
public static class NodeDirectories
{
    /// <summary>Makes the directory and those above it.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="before">Called before each that is made, from the top.</param>
    /// <returns>Those that were made, from the top; empty when it was there.</returns>
    public static IReadOnlyList<string> Create(string path, Action<string> before)
    {
        ArgumentNullException.ThrowIfNull(before);
        var missing = new Stack<string>();
        for (string? each = Path.TrimEndingDirectorySeparator(path); each is not null && !Directory.Exists(each); each = Path.GetDirectoryName(each))
        {
            missing.Push(each);
        }

        List<string> made = [.. missing];
        foreach (string each in made)
        {
            before(each);
            Directory.CreateDirectory(each);
        }

        return made;
    }
}
