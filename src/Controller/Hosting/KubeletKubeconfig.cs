using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>
/// Where the kubelet of this node reaches the API: an address that needs no service, which is why nobody has to configure one for this agent. Of
/// the file only the server is taken; the credentials are the agent's own.
/// </summary>
internal static class KubeletKubeconfig
{
    /// <summary>kubeadm and kind; kops and EKS; k3s; RKE2; k0s; MicroK8s; Talos.</summary>
    public static IReadOnlyList<string> UsualPlaces { get; } =
    [
        "/etc/kubernetes/kubelet.conf",
        "/var/lib/kubelet/kubeconfig",
        "/var/lib/rancher/k3s/agent/kubelet.kubeconfig",
        "/var/lib/rancher/rke2/agent/kubelet.kubeconfig",
        "/var/lib/k0s/kubelet.conf",
        "/var/snap/microk8s/current/credentials/kubelet.config",
        "/etc/kubernetes/kubeconfig-kubelet",
    ];

    /// <summary>The servers of those files that exist and name one, in their order.</summary>
    public static IReadOnlyList<string> Servers(string? file) => [.. (file is null ? UsualPlaces : [file]).SelectMany(Server).Distinct()];

    private static IEnumerable<string> Server(string file)
    {
        try
        {
            return File.Exists(file) ? [KubeConfig.ServerOf(file).AbsoluteUri] : [];
        }
        catch (KubeConfigException)
        {
            return []; // somebody else's file: what it lacks is not for us to judge
        }
    }
}
