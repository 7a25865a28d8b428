namespace Netweir.Endpoints;

/// <summary>Files that are seen whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>Names that start so are files in the making; one that stays was left by a crash.</summary>
    public const string TemporaryPrefix = ".tmp-";

    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string temporary = Path.Combine(Path.GetDirectoryName(path)!, $"{TemporaryPrefix}{Environment.ProcessId}-{Environment.CurrentManagedThreadId}-{Path.GetFileName(path)}");
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
