using System.Runtime.InteropServices;

namespace Netweir.Endpoints;

/// <summary>What Netweir keeps on a node names its pods and their addresses, and steers their traffic: only root reads and writes it.</summary>
public static partial class PrivateFiles
{
    public const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Directory = File | UnixFileMode.UserExecute;
    private const uint OthersNothing = 0x3f; // octal 077

    /// <summary>Whatever this process makes from now on is its user's alone, pins included.</summary>
    public static void FromNowOn() => _ = umask(OthersNothing);

    /// <summary>Makes the directory, or closes it where it is there already: the kubelet makes those of hostPath volumes, open to all.</summary>
    public static void CloseDirectory(string path)
    {
        System.IO.Directory.CreateDirectory(path);
        System.IO.File.SetUnixFileMode(path, Directory);
    }

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);
}
