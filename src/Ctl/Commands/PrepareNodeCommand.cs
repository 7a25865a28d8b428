using System.CommandLine;
using Netweir.Loader;

namespace Netweir.Ctl;

/// <summary><c>ctl prepare-node</c>: what the DaemonSet's init container does, without a shell.</summary>
internal static class PrepareNodeCommand
{
    private const string BpfFileSystem = "/sys/fs/bpf";

    public static Command Create(GlobalOptions options, TextWriter output)
    {
        Option<string> from = Directory("--from", "where netweir-cni and ctl are taken from", AppContext.BaseDirectory);
        Option<string> plugins = Directory("--cni-bin-dir", "where the container runtime looks for plugins", "/opt/cni/bin");
        Option<string> tools = Directory("--bin-dir", "where ctl is put", "/opt/netweir/bin");
        Option<string> host = Directory("--host-root", "the node's root directory, to find the kubelet's kubeconfig in", "/");
        var command = new Command("prepare-node", "Puts the CNI plugin and ctl on a node, mounts the BPF file system, and notes where the API server is")
        {
            from, plugins, tools, host,
        };
        command.SetAction(result =>
        {
            CtlPaths paths = options.Paths(result);
            string source = result.GetValue(from)!;
            Say(output, NodeFiles.Install(Path.Combine(source, "netweir-cni"), result.GetValue(plugins)!));
            Say(output, NodeFiles.Install(Path.Combine(source, "ctl"), result.GetValue(tools)!));
            Say(output, KubeletServer.Note(result.GetValue(host)!, paths.RunDirectory));
            if (paths.BpfRoot.StartsWith(BpfFileSystem + "/", StringComparison.Ordinal))
            {
                BpfFs.EnsureMounted(BpfFileSystem);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void Say(TextWriter output, string line) => output.Write(line + "\n");

    private static Option<string> Directory(string name, string description, string value) => new(name)
    {
        Description = description,
        HelpName = "DIR",
        DefaultValueFactory = _ => value,
    };
}
