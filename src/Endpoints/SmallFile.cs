using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Netweir.Endpoints;

/// <summary>Files of one short line, read by one call: a stream with its buffers costs more than the rest of reading one.</summary>
internal static class SmallFile
{
    private const int Longest = 256;

    /// <summary>The beginning of the file, at most 256 bytes; null when there is none.</summary>
    public static string? TryRead(string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> bytes = stackalloc byte[Longest];
            return Encoding.UTF8.GetString(bytes[..RandomAccess.Read(file, bytes, 0)]);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
