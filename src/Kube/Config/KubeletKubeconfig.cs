namespace Netweir.Kube;

/// <summary>
/// Where the kubelet of this node reaches the API: an address that needs no service, so that nobody has to configure one. Of the file only the
/// server is taken; credentials are one's own.
/// </summary>
public static class KubeletKubeconfig
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

    /// <summary>The servers of those files that exist and name one, in their order. <paramref name="file"/> null: of the usual places.</summary>
    public static IReadOnlyList<string> Servers(string? file) =>
        [.. (file is null ? UsualPlaces : [file]).Select(TryServerOf).OfType<Uri>().Select(u => u.AbsoluteUri).Distinct()];

    /// <summary>Null when there is no such file, or none that names a server: somebody else's file is not for us to judge.</summary>
    public static Uri? TryServerOf(string file)
    {
        try
        {
            return File.Exists(file) ? KubeConfig.ServerOf(file) : null;
        }
        catch (KubeConfigException)
        {
            return null;
        }
    }
}
