using System.Runtime.InteropServices;

namespace Netweir.Endpoints;

/// <summary>Files that are seen whole or not at all.</summary>
internal static partial class AtomicFile
{
    private const string Prefix = ".tmp-";
    private const int AT_FDCWD = -100;
    private const uint RENAME_EXCHANGE = 2;

    /// <summary>For files that several processes may write at once.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content) =>
        Write(path, content, Path.Combine(Path.GetDirectoryName(path)!, $"{Prefix}{Path.GetFileName(path)}-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}"));

    /// <summary>For files below a directory that has one writer at a time: what a crash leaves is overwritten by the next.</summary>
    public static void WriteLocked(string directory, string path, ReadOnlySpan<byte> content) => Write(path, content, Path.Combine(directory, Prefix + "locked"));

    /// <summary>Deletes what writers of the file left that died. A writer that is alive fails.</summary>
    public static void DeleteLeftovers(string path) => Delete(Path.GetDirectoryName(path)!, $"{Prefix}{Path.GetFileName(path)}-*");

    /// <summary>As <see cref="DeleteLeftovers"/> for every file of the directory.</summary>
    public static void DeleteAllLeftovers(string directory) => Delete(directory, Prefix + "*");

    /// <summary>
    /// What is there already changes places with the new file and is deleted then. Written over it, ext4 would wait for the disk (auto_da_alloc), which
    /// protects from a power failure what is of no use after one.
    /// </summary>
    private static void Place(string temporary, string path)
    {
        if (Rename(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_EXCHANGE) == 0)
        {
            File.Delete(temporary);
        }
        else if (Rename(AT_FDCWD, temporary, AT_FDCWD, path, 0) != 0)
        {
            // Not for a new file, nor on a file system that cannot exchange: there it replaces.
            int errno = Marshal.GetLastPInvokeError();
            throw new IOException($"rename {temporary} to {path}: {Marshal.GetPInvokeErrorMessage(errno)}", errno);
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int fromDirectory, string from, int toDirectory, string to, uint flags);

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
            Place(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
