namespace Netweir.NodeState;

/// <summary>Nothing was changed; the message says why, and what to do.</summary>
public sealed class UninstallRefusedException : Exception
{
    public UninstallRefusedException()
    {
    }

    public UninstallRefusedException(string message)
        : base(message)
    {
    }

    public UninstallRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static UninstallRefusedException AgentRuns(UninstallPaths paths) => new(
        $"the agent runs (process {AgentLock.Holder(paths.Here(paths.RunDirectory))} holds {Path.Combine(paths.RunDirectory, AgentLock.FileName)}) and would "
        + "make everything again: remove it first, in Kubernetes with 'kubectl delete -f netweir.yaml'");

    internal static UninstallRefusedException PodsAreConnected(IReadOnlyList<string> pods) => new(
        $"{(pods.Count == 1 ? "1 pod is" : $"{pods.Count} pods are")} connected and would lose the network: {string.Join(", ", pods.Order(StringComparer.Ordinal))}; "
        + "drain the node ('kubectl drain'), or give --force: then they have no network until another CNI plugin is installed and they are made anew, or the node is rebooted");
}
