using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Netweir.Endpoints;

namespace Netweir.NodeState;

/// <summary>The ledger's bytes: a line of JSON an entry. What returns is on disk. Writers hold the ledger's lock.</summary>
internal static partial class LedgerFile
{
    private const int ReadDirectory = 0x90000; // O_DIRECTORY | O_CLOEXEC

    /// <summary>A line that was cut off is as good as none: what it told of was not made yet.</summary>
    public static IEnumerable<LedgerEntry> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }

        return lines.Select(Parse).OfType<LedgerEntry>();
    }

    /// <exception cref="IOException">It is not on disk; the file is as before.</exception>
    public static void Append(string path, IEnumerable<LedgerEntry> entries)
    {
        bool isNew = !File.Exists(path);
        using (FileStream file = Open(path, FileMode.OpenOrCreate))
        {
            long end = file.Length;
            byte[] lines = Lines(entries);
            try
            {
                if (end > 0 && LastByte(file) != '\n')
                {
                    lines = [(byte)'\n', .. lines];
                }

                file.Position = end;
                file.Write(lines);
                file.Flush(flushToDisk: true);
            }
            catch (IOException)
            {
                file.SetLength(end);
                throw;
            }
        }

        if (isNew)
        {
            Sync(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Old or new, never half.</summary>
    public static void Replace(string path, IEnumerable<LedgerEntry> entries)
    {
        string temporary = path + ".new";
        using (FileStream file = Open(temporary, FileMode.Create))
        {
            file.Write(Lines(entries));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        Sync(Path.GetDirectoryName(path)!);
    }

    private static FileStream Open(string path, FileMode mode) => new(path, new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        UnixCreateMode = PrivateFiles.File,
    });

    private static int LastByte(FileStream file)
    {
        file.Position = file.Length - 1;
        return file.ReadByte();
    }

    private static byte[] Lines(IEnumerable<LedgerEntry> entries) =>
        [.. entries.SelectMany(e => (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(e, LedgerJson.Default.LedgerEntry), (byte)'\n'])];

    private static LedgerEntry? Parse(string line)
    {
        try
        {
            return line.Length > 0 ? JsonSerializer.Deserialize(line, LedgerJson.Default.LedgerEntry) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A new name is on disk when its directory is.</summary>
    private static void Sync(string directory)
    {
        using var handle = new SafeFileHandle(OpenFile(directory, ReadDirectory), ownsHandle: true);
        if (handle.IsInvalid || SyncFile(handle) != 0)
        {
            throw new IOException($"fsync {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncFile(SafeFileHandle file);
}
