using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>A node and Netweir's pod on it.</summary>
internal sealed record InstallNode(NodeReadiness Node, Pod? Agent)
{
    public string Name => Node.Metadata.Name;

    /// <summary>What it waits for; null: for nothing.</summary>
    public string? Trouble
    {
        get
        {
            if (Agent is null)
            {
                return Node.IsReady ? null : $"no Netweir pod on it yet; {Kubelet()}";
            }

            return PodTrouble.Of(Agent) is { } trouble ? $"pod {Agent.Metadata.Name} {trouble}" : Node.IsReady ? null : $"the agent is ready; {Kubelet()}";
        }
    }

    private string Kubelet() => Node.Ready is { } condition
        ? $"the kubelet says: {condition.Reason}: {condition.Message}"
        : "the kubelet has not reported yet";
}
