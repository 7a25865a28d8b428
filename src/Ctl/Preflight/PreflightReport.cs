using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Ctl;

/// <summary>All checks of a node, and what they came to. Looking changes nothing on it.</summary>
internal sealed record PreflightReport(string Kernel, IReadOnlyList<CheckResult> Checks)
{
    /// <summary>The worst first.</summary>
    public IReadOnlyList<Finding> Findings => [.. Checks.SelectMany(c => c.Findings).OrderByDescending(f => f.Severity)];

    public int ExitCode => Findings.Any(f => f.Severity == Severity.Error) ? Ctl.ExitCode.Degraded
        : Checks.Any(c => c.Unknown is not null) ? Ctl.ExitCode.CannotTell
        : Ctl.ExitCode.Ok;

    public static PreflightReport Read(PreflightPlaces places)
    {
        CheckResult privileges = Privileges.Check.Run();
        if (privileges.Unknown is not null)
        {
            return new PreflightReport(KernelChecks.Version(), [privileges]); // the kernel's refusals would say nothing about the kernel
        }

        Check[] own = [.. KernelChecks.All, .. new FileChecks(places).All, SysctlChecks.Check, new ManagerChecks(places.Host).Check];
        return new PreflightReport(KernelChecks.Version(), [privileges, .. own.Select(c => c.Run()), .. OfNetwork(places)]);
    }

    private static CheckResult[] OfNetwork(PreflightPlaces places)
    {
        NodeView? node = null;
        CheckResult read = new Check("other networking", () =>
        {
            node = NodeView.Read(places);
            IReadOnlyList<Finding> findings = ForeignFindings.Compute(node.Foreign, places.Foreign.CniConfDir);
            return new CheckResult("other networking", findings.Count == 0 ? "none" : string.Join(", ", findings.Select(f => f.Subject).Distinct()), findings);
        }).Run();
        return node is null ? [read] : [.. new NetworkChecks(node).All.Concat(new PortChecks(node).All).Select(c => c.Run()), read];
    }
}
