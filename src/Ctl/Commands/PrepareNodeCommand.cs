using System.CommandLine;
using Netweir.Loader;
using Netweir.Netlink;
using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Ctl;

/// <summary><c>ctl prepare-node</c>: what the DaemonSet's init container does, without a shell.</summary>
internal static class PrepareNodeCommand
{
    private const string BpfFileSystem = "/sys/fs/bpf";

    public static Command Create(GlobalOptions options, TextWriter output)
    {
        Option<string> from = NodeOptions.Directory("--from", "where netweir-cni and ctl are taken from", AppContext.BaseDirectory);
        Option<string> plugins = NodeOptions.CniBinDir();
        Option<string> tools = NodeOptions.Directory("--bin-dir", "where ctl is put", "/opt/netweir/bin");
        Option<string> host = NodeOptions.HostRoot(), configurations = NodeOptions.CniConfDir();
        var takeOver = new Option<bool>("--take-over") { Description = "also remove what kube-proxy and another plugin left, as 'ctl take-over' does" };
        var command = new Command("prepare-node", "Puts the CNI plugin and ctl on a node, mounts the BPF file system, and notes where the API server is")
        {
            from, plugins, tools, host, configurations, takeOver,
        };
        command.SetAction(result =>
        {
            CtlPaths paths = options.Paths(result);
            string source = result.GetValue(from)!;
            var ledger = new LedgerWriter(new Ledger(paths.StateDirectory));
            Say(output, NodeFiles.Install(Path.Combine(source, "netweir-cni"), result.GetValue(plugins)!, ledger));
            Say(output, NodeFiles.Install(Path.Combine(source, "ctl"), result.GetValue(tools)!, ledger));
            Say(output, KubeletServer.Note(result.GetValue(host)!, paths.RunDirectory, ledger));
            if (paths.BpfRoot.StartsWith(BpfFileSystem + "/", StringComparison.Ordinal))
            {
                Mount(ledger);
            }

            if (result.GetValue(takeOver))
            {
                // A refusal is no reason to leave the node without Netweir: the agent goes on telling of what is left.
                ForeignPaths places = paths.Foreign(new HostRoot(result.GetValue(host)!), result.GetValue(configurations)!);
                try
                {
                    TakeOver.Run(TakeOver.Plan(places, installing: true, force: false), dryRun: false, output, places.Host, ledger);
                }
                catch (Exception e) when (e is NetlinkException or IOException or UnauthorizedAccessException)
                {
                    Say(output, $"not taken over: {e.Message}; 'ctl take-over' on the node tries it again");
                }
            }

            if (ledger.Retry() is { } problem)
            {
                Say(output, problem);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void Mount(LedgerWriter ledger)
    {
        ledger.CreateDirectory(BpfFileSystem);
        if (!BpfFs.IsMounted(BpfFileSystem))
        {
            ledger.Add(LedgerKind.Mount, BpfFileSystem);
            BpfFs.EnsureMounted(BpfFileSystem);
        }
    }

    private static void Say(TextWriter output, string line) => output.Write(line + "\n");
}
