namespace Netweir.NodeState;

/// <summary>
/// What is in the run and the state directory, but for the ledger. Both are Netweir's alone where Netweir made them or they bear its name; of others
/// only what Netweir is known to write is removed.
/// </summary>
internal sealed class TreeRemover : IRemover
{
    private static readonly string[] s_run = ["agent.lock", "agent.pid", "datapath", "overlay", "node.json", "kubelet.kubeconfig"];
    private static readonly string[] s_state = ["endpoints", "addresses", "boot-id", "allocating", "lock", "attachments.lock", "api-servers"];

    public string Kind => "contents";

    public IEnumerable<Removal> Plan(UninstallContext context) =>
        Contents(context, context.Paths.RunDirectory, s_run).Concat(Contents(context, context.Paths.StateDirectory, s_state));

    private IEnumerable<Removal> Contents(UninstallContext context, string directory, string[] known)
    {
        string here = context.Paths.Here(directory);
        if (!Directory.Exists(here))
        {
            return [];
        }

        bool own = context.Names(LedgerKind.Directory).Contains(directory);
        string[] paths = [.. Directory.EnumerateFileSystemEntries(here).Where(p => IsOurs(Path.GetFileName(p), own, known)).Order(StringComparer.Ordinal)];
        return paths.Length == 0 ? [] : [new Removal(Kind, directory) { Undo = () => Delete(paths) }];
    }

    private static bool IsOurs(string name, bool own, string[] known) =>
        !name.StartsWith(Ledger.FileName, StringComparison.Ordinal)
        && (own || known.Contains(name) || known.Any(k => name == $".{k}.new" || name == $".{k}.tmp") || name.StartsWith("cursor-", StringComparison.Ordinal) || name.StartsWith(".tmp-", StringComparison.Ordinal));

    private static string? Delete(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }

        return null;
    }
}
