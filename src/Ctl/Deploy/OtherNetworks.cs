using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>Other network plugins and service proxies that run in a cluster.</summary>
internal static class OtherNetworks
{
    /// <summary>Beginnings of the names that their DaemonSets have as installed by their own instructions.</summary>
    private static readonly (string Name, string What)[] s_known =
    [
        ("kube-proxy", "service proxy"), ("kindnet", "network plugin"), ("calico-node", "network plugin"), ("canal", "network plugin"),
        ("cilium", "network plugin"), ("kube-flannel", "network plugin"), ("weave-net", "network plugin"), ("kube-router", "network plugin"),
        ("antrea-agent", "network plugin"), ("kube-ovn-cni", "network plugin"), ("ovnkube", "network plugin"), ("ovs-ovn", "network plugin"),
        ("aws-node", "network plugin"), ("azure-cni", "network plugin"), ("azure-cns", "network plugin"), ("netd", "network plugin"),
    ];

    /// <summary>Those of which pods are to run; a DaemonSet that no node selects does no harm.</summary>
    public static IReadOnlyList<OtherNetwork> Find(IEnumerable<DaemonSet> all) =>
    [
        .. from set in all
           where !set.IsObserved || set.Status.DesiredNumberScheduled > 0
           from known in s_known
           where set.Metadata.Name.StartsWith(known.Name, StringComparison.Ordinal)
           select new OtherNetwork(set.Metadata.Key, known.What),
    ];

    /// <summary>What to do about them, a line each.</summary>
    public static IEnumerable<string> Remedy(IReadOnlyList<OtherNetwork> found)
    {
        foreach (OtherNetwork other in found)
        {
            yield return $"kubectl -n {other.Name.Namespace} delete daemonset {other.Name.Name}   # or as it was installed: helm, its operator, kubeadm's addon";
        }

        if (found.Any(o => o.What == "network plugin"))
        {
            yield return "pods that it connected keep its network until they are restarted: kubectl -n NAMESPACE rollout restart deployment,statefulset,daemonset";
        }
    }
}
