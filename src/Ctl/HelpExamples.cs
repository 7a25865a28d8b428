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
              ctl preflight                         would it be, on a node where Netweir is yet to be installed?
              ctl maps list                         every map, and how full it is
              ctl maps dump frontends backends      services and where they lead
              ctl maps dump conntrack -o json --all-details
              ctl install                           Netweir on every node of a cluster
              ctl connectivity test                 is the cluster's network well? from pods, to pods, services, nodes
              ctl uninstall --dry-run               what would be undone to get this node as it was before Netweir
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
        ["uninstall"] = """
              ctl uninstall --dry-run                           what would be done
              ctl uninstall                                     after 'kubectl delete -f netweir.yaml', on a drained node
              ctl uninstall --force                             pods that are still connected lose their network
              ctl uninstall --host-root /host                   in a privileged pod of the host network, which has the node's root there
              ctl uninstall --cluster                           on all nodes, by the API: agents, what they left, and the RBAC objects
            """,
        ["preflight"] = """
              ctl preflight                                     before and after Netweir is installed
              ctl preflight --host-root /host                   in a privileged container with the node's network and, at /host, its root
              ctl preflight --range 10.96.0.0/16 --range 10.244.0.0/16
              ctl preflight -o json | jq -r '.findings[] | select(.severity == "error") | .remedy'
            """,
        ["take-over"] = """
              ctl take-over --dry-run                           what would be removed, and what speaks against it
              ctl take-over                                     after kubectl -n kube-system delete daemonset kube-proxy
            """,
        ["bugtool"] = """
              ctl bugtool                                       writes netweir-bugtool-HOST-TIME.tar.gz
              ctl bugtool -f /tmp/report.tar.gz                 its contents.txt says what could not be collected, and why
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
