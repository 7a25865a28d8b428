using Netweir.Endpoints;

namespace Netweir.Controller;

/// <summary>Files that are whole or not there, and their owner's alone.</summary>
internal static class AtomicFile
{
    /// <summary>Replaces <paramref name="path"/> unless it has this content and mode already. True when written; readers see the old or the new file.</summary>
    public static bool WriteIfDifferent(string path, ReadOnlySpan<byte> content)
    {
        if (File.Exists(path) && File.GetUnixFileMode(path) == PrivateFiles.File && content.SequenceEqual(File.ReadAllBytes(path)))
        {
            return false;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.tmp");
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                File.SetUnixFileMode(file.SafeFileHandle, PrivateFiles.File);
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            // Half a file keeps room that a full disk does not have.
            File.Delete(temporary);
            throw;
        }
        return true;
    }
}
