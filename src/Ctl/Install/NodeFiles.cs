using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>Executables that are put on a node.</summary>
internal static class NodeFiles
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Copies <paramref name="source"/> into <paramref name="directory"/> unless it is there already; says what was done.</summary>
    /// <remarks>By renaming: whoever runs the old file goes on with it, and nobody ever meets half a file.</remarks>
    /// <exception cref="CtlException">It cannot be read or written.</exception>
    public static string Install(string source, string directory, LedgerWriter ledger)
    {
        string target = Path.Combine(directory, Path.GetFileName(source));
        try
        {
            byte[] content = File.ReadAllBytes(source);
            ledger.Add(LedgerKind.File, target);
            if (File.Exists(target) && File.GetUnixFileMode(target) == Executable && content.AsSpan().SequenceEqual(File.ReadAllBytes(target)))
            {
                return $"{target}: unchanged";
            }

            ledger.CreateDirectory(directory);
            Replace(target, content, Executable);
            return $"{target}: installed";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CtlException($"cannot copy {source} to {target}: {e.Message}; it must be possible to write to {directory} on the node", e);
        }
    }

    /// <summary>Whole or not at all, also after a power cut.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        string temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.new");
        File.Delete(temporary); // of one that was interrupted; its mode may differ
        using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        {
            file.Write(content);
            File.SetUnixFileMode(file.SafeFileHandle, mode); // whatever the umask is
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
