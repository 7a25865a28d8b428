using Netweir.Loader;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>The file system that keeps maps and programs while no process holds them.</summary>
internal static class BpfFileSystem
{
    private const string Usual = "/sys/fs/bpf";

    /// <summary>Makes <paramref name="root"/> a directory on a bpffs, mounting one where there is none.</summary>
    /// <exception cref="StartupException">It cannot be mounted or made.</exception>
    public static void Ensure(string root, LedgerWriter ledger)
    {
        try
        {
            if (!BpfFs.IsMounted(NearestExisting(root)))
            {
                var place = root.StartsWith(Usual + "/", StringComparison.Ordinal) && Directory.Exists(Usual) ? Usual : root;
                ledger.CreateDirectory(place);
                ledger.Add(LedgerKind.Mount, place);
                BpfFs.EnsureMounted(place);
            }
            ledger.Add(LedgerKind.BpfRoot, root);
            ledger.CreateDirectory(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BpfException)
        {
            throw new StartupException($"--bpf-root: there is no bpffs for '{root}', and none can be made: {e.Message}; on the node run "
                + $"'mount -t bpf bpffs {Usual}', in Kubernetes mount hostPath {Usual} with mountPropagation: Bidirectional", e);
        }
    }

    private static string NearestExisting(string path)
    {
        while (!Directory.Exists(path))
        {
            path = Path.GetDirectoryName(path) ?? "/";
        }
        return path;
    }
}
