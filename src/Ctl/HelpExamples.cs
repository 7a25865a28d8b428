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
              ctl uninstall --dry-run               what would be undone to get this node as it was before Netweir
            """,
        ["status"] = """
              ctl status
              ctl status -o json | jq -r .verdict
              ctl status || echo "this node needs a look"
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
