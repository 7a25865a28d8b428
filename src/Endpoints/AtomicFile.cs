namespace Netweir.Endpoints;

/// <summary>Files that are seen whole or not at all.</summary>
internal static class AtomicFile
{
    private const string Prefix = ".tmp-";

    /// <summary>For files that several processes may write at once.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content) =>
        Write(path, content, Path.Combine(Path.GetDirectoryName(path)!, $"{Prefix}{Path.GetFileName(path)}-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}"));

    /// <summary>For files below a directory that has one writer at a time: what a crash leaves is overwritten by the next.</summary>
    public static void WriteLocked(string directory, string path, ReadOnlySpan<byte> content) => Write(path, content, Path.Combine(directory, Prefix + "locked"));

    /// <summary>Deletes what writers of the file left that died. A writer that is alive fails.</summary>
    public static void DeleteLeftovers(string path) => Delete(Path.GetDirectoryName(path)!, $"{Prefix}{Path.GetFileName(path)}-*");

    /// <summary>As <see cref="DeleteLeftovers"/> for every file of the directory.</summary>
    public static void DeleteAllLeftovers(string directory) => Delete(directory, Prefix + "*");

    private static void Delete(string directory, string pattern)
    {
        foreach (string path in Directory.EnumerateFiles(directory, pattern))
        {
            File.Delete(path);
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content, string temporary)
    {
        try
        {
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
