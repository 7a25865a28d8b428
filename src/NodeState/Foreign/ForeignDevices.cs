using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>Which devices are other network plugins'. Pure.</summary>
public static class ForeignDevices
{
    private static readonly Dictionary<string, string> s_owners = new(StringComparer.Ordinal)
    {
        ["cni0"] = "flannel or the bridge plugin",
        ["cbr0"] = "kubenet",
        ["flannel.1"] = "flannel",
        ["flannel-v6.1"] = "flannel",
        ["flannel-wg"] = "flannel",
        ["cilium_host"] = "Cilium",
        ["cilium_net"] = "Cilium",
        ["cilium_vxlan"] = "Cilium",
        ["cilium_geneve"] = "Cilium",
        ["cilium_wg0"] = "Cilium",
        ["vxlan.calico"] = "Calico",
        ["vxlan-v6.calico"] = "Calico",
        ["wireguard.cali"] = "Calico",
        ["bpfin.cali"] = "Calico",
        ["kube-bridge"] = "kube-router",
        ["kube-dummy-if"] = "kube-router",
        ["weave"] = "Weave Net",
        ["vxlan-6784"] = "Weave Net",
        ["antrea-gw0"] = "Antrea",
        ["antrea-tun0"] = "Antrea",
        ["ovn-k8s-mp0"] = "OVN-Kubernetes",
    };

    /// <summary>Without the interfaces of pods: see <see cref="ForeignPods"/>.</summary>
    public static IReadOnlyList<ForeignDevice> Find(IReadOnlyList<Link> links) =>
    [
        .. from link in links
           let owner = Owner(link)
           where owner is not null
           select new ForeignDevice(link, owner, links.Count(l => l.Master == link.Index)),
    ];

    private static string? Owner(Link link) => link switch
    {
        // The kernel makes a tunl0 in every namespace as soon as somebody uses IPIP anywhere: only one that is up is in use.
        { Name: "tunl0", IsUp: true } => "Calico (IPIP)",
        _ when link.Name.StartsWith("genev_sys_", StringComparison.Ordinal) => "Open vSwitch (Antrea, OVN-Kubernetes)",
        _ => s_owners.GetValueOrDefault(link.Name),
    };
}
