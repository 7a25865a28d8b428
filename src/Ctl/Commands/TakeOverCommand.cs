using System.CommandLine;
using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Ctl;

/// <summary><c>ctl take-over</c></summary>
internal static class TakeOverCommand
{
    public static Command Create(GlobalOptions options, TextWriter output)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "say what would be done, and do nothing" };
        var force = new Option<bool>("--force") { Description = "although pods of another plugin run here, or Netweir is not ready" };
        Option<string> host = NodeOptions.HostRoot(), configurations = NodeOptions.CniConfDir();
        var command = new Command("take-over", "Removes what kube-proxy and another network plugin left on this node: netfilter rules, configurations, idle devices")
        {
            dryRun, force, host, configurations,
        };
        command.SetAction(result =>
        {
            var root = new HostRoot(result.GetValue(host)!);
            ForeignPaths paths = options.Paths(result).Foreign(root, result.GetValue(configurations)!);
            var ledger = new LedgerWriter(new Ledger(options.Paths(result).On(root).StateDirectory));
            TakeOverPlan plan = TakeOver.Plan(paths, installing: false, result.GetValue(force));
            bool done = TakeOver.Run(plan, result.GetValue(dryRun), output, paths.Host, ledger);
            if (ledger.Retry() is { } problem)
            {
                output.Write(problem + "\n");
                return ExitCode.Degraded;
            }

            return done ? ExitCode.Ok : ExitCode.Degraded;
        });
        return command;
    }
}
