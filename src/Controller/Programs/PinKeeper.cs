using System.Text;
using Microsoft.Win32.SafeHandles;
using Netweir.Loader;
using Netweir.NodeState;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Controller;

/// <summary>
/// Holds what is pinned, and pins it again where somebody removed the pin: programs and maps live on while they are held, with their entries, and
/// so flows do too. Links do not: without its pin a link is gone, and is made anew.
/// </summary>
internal sealed unsafe class PinKeeper(string bpfRoot, TamperLog tampering, LedgerWriter ledger) : IDisposable
{
    private Dictionary<string, SafeFileHandle> _held = new(StringComparer.Ordinal);

    /// <summary>Everything that is pinned now, in the place of what was held before.</summary>
    public void Hold()
    {
        var held = new Dictionary<string, SafeFileHandle>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFileSystemEntries(BpfPaths.Maps(bpfRoot)).Concat(HookNames.All.Select(h => BpfPaths.Program(bpfRoot, h))))
        {
            fixed (byte* name = Zero(path))
            {
                if (Native.bpf_obj_get(name) is >= 0 and var fd)
                {
                    held.Add(path, new SafeFileHandle(fd, ownsHandle: true));
                }
            }
        }
        Dispose();
        _held = held;
    }

    /// <summary>The number of pins that were made again.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    /// <exception cref="StartupException">There is no BPF file system any more, and none can be mounted.</exception>
    public int Restore()
    {
        var missing = _held.Where(h => !Path.Exists(h.Key)).ToList();
        if (missing.Count == 0)
        {
            return 0;
        }
        BpfFileSystem.Ensure(bpfRoot, ledger);
        foreach (var (path, handle) in missing)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            tampering.CountIf(true, "pin", $"{path} was removed");
            fixed (byte* name = Zero(path))
            {
                var result = Native.bpf_obj_pin((int)handle.DangerousGetHandle(), name);
                if (result < 0)
                {
                    throw new BpfException("pin", path, -result);
                }
            }
        }
        return missing.Count;
    }

    public void Dispose()
    {
        foreach (var handle in _held.Values)
        {
            handle.Dispose();
        }
        _held.Clear();
    }

    private static byte[] Zero(string path) => Encoding.UTF8.GetBytes(path + '\0');
}
