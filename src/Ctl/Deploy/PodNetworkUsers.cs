using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>Pods that lose something when the pod network goes.</summary>
internal static class PodNetworkUsers
{
    /// <summary>On a node, not on its network, and not ended.</summary>
    public static bool Uses(Pod pod) => !pod.Spec.HostNetwork && !string.IsNullOrEmpty(pod.Spec.NodeName) && pod.Status.Phase is not ("Succeeded" or "Failed");
}
