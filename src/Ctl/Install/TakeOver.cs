using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Ctl;

/// <summary>A take-over, told line by line.</summary>
internal static class TakeOver
{
    public static TakeOverPlan Plan(ForeignPaths paths, bool installing, bool force)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CtlException("cannot look into this node's netfilter: only root may; run 'sudo ctl take-over'");
        }

        return TakeOverPlan.Compute(ForeignState.Read(paths), installing, force);
    }

    /// <param name="ledger">Told of files that are moved aside: uninstalling brings them back.</param>
    /// <returns>False: something speaks against it, and nothing was done.</returns>
    public static bool Run(TakeOverPlan plan, bool dryRun, TextWriter output, HostRoot host, LedgerWriter ledger)
    {
        foreach (string refusal in plan.Refusals)
        {
            output.Write($"refused: {refusal}\n");
        }

        if (plan.Refusals.Count > 0 || dryRun)
        {
            Write(plan.Steps.Select(s => $"would {s}"), output);
            return plan.Refusals.Count == 0;
        }

        Write(new TakeOverRun((from, to) => ledger.Add(LedgerKind.Moved, host.OnNode(from), host.OnNode(to))).Execute(plan), output);
        return true;
    }

    private static void Write(IEnumerable<string> lines, TextWriter output)
    {
        bool any = false;
        foreach (string line in lines)
        {
            output.Write(line + "\n");
            any = true;
        }

        output.Write(any ? "" : "there is nothing to take over\n");
    }
}
