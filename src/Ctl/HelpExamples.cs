using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Netweir.Ctl;

/// <summary>Help, and below it examples of the command that help was asked for.</summary>
internal sealed class HelpExamples(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string> s_examples = new()
    {
        ["root"] = """
              ctl status                            is all well? the answer is the first line and the exit code
              ctl maps list                         every map, and how full it is
              ctl maps dump frontends backends      services and where they lead
              ctl maps dump conntrack -o json --all-details
              ctl install                           Netweir on every node of a cluster
              ctl connectivity test                 is the cluster's network well? from pods, to pods, services, nodes
            """,
        ["status"] = """
              ctl status
              ctl status -o json | jq -r .verdict
              ctl status || echo "this node needs a look"
            """,
        ["install"] = """
              ctl install                                       on a control-plane node, or where kubectl works
              ctl install --image registry.example/netweir:0.1.0 --set-arg routing=vxlan
              ctl install --take-over                           where kube-proxy or another network plugin is already
              ctl install --dry-run > netweir.yaml              to look at it, or to keep it in a repository
            """,
        ["uninstall"] = """
              ctl uninstall --cluster                           agents, what they left on the nodes, and the RBAC objects
              ctl uninstall --cluster --force                   also while pods use the pod network
            """,
        ["connectivity"] = """
              ctl connectivity test                             on any cluster, also with another network
            """,
        ["test"] = """
              ctl connectivity test
              ctl connectivity test --nodes 10 --all-details
              ctl connectivity test -o json | jq '.checks[] | select(.result != "ok")'
              ctl connectivity test --keep                      and then look at what it deployed
            """,
        ["prepare-node"] = """
              ctl prepare-node                                  on a node, from where Netweir was unpacked
              ctl prepare-node --host-root /host                in the DaemonSet's init container, which has the node's root there
            """,
        ["dump"] = """
              ctl maps dump frontends             what clients connect to, and the backends behind it
              ctl maps dump ipcache nodes         where addresses live that are no pod's of this node
              ctl maps dump conntrack drops --all-details
              ctl maps dump -o yaml > before.yaml
            """,
    };

    public static void AddTo(RootCommand root)
    {
        foreach (HelpOption option in root.Options.OfType<HelpOption>())
        {
            option.Action = new HelpExamples((HelpAction)option.Action!);
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        int exit = help.Invoke(parseResult);
        Command command = parseResult.CommandResult.Command;
        if (s_examples.TryGetValue(command is RootCommand ? "root" : command.Name, out string? examples))
        {
            parseResult.InvocationConfiguration.Output.Write($"Examples:\n{examples}\n");
        }

        return exit;
    }
}
