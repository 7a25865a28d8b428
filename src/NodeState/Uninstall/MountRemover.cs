using System.Runtime.InteropServices;
using Netweir.Loader;

namespace Netweir.NodeState;

/// <summary>BPF file systems that Netweir mounted, unless somebody else has pinned something there since.</summary>
internal sealed partial class MountRemover : IRemover
{
    public string Kind => LedgerKind.Mount;

    public IEnumerable<Removal> Plan(UninstallContext context) =>
        from name in context.Names(Kind)
        let here = context.Paths.Here(name)
        where Directory.Exists(here) && BpfFs.IsMounted(here)
        select new Removal(Kind, name) { Undo = () => Unmount(here) };

    private static string? Unmount(string path)
    {
        IReadOnlyList<string> others = BpfFs.Contents(path);
        if (others.Count > 0)
        {
            return $"somebody else has pinned something there ({string.Join(", ", others.Take(5))})";
        }

        return Unmount(path, 0) == 0 ? null : throw new IOException($"unmount {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
