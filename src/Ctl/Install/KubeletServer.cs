using System.Text;
using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>
/// Where this node's kubelet reaches the API, written down for the agent: its pod need not see the kubelet's files, which hold credentials.
/// </summary>
internal static class KubeletServer
{
    private const string FileName = "kubelet.kubeconfig";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>kubeadm and kind; kops and EKS; k3s; RKE2; k0s; MicroK8s; Talos. Below the node's root.</summary>
    private static readonly string[] s_places =
    [
        "etc/kubernetes/kubelet.conf",
        "var/lib/kubelet/kubeconfig",
        "var/lib/rancher/k3s/agent/kubelet.kubeconfig",
        "var/lib/rancher/rke2/agent/kubelet.kubeconfig",
        "var/lib/k0s/kubelet.conf",
        "var/snap/microk8s/current/credentials/kubelet.config",
        "etc/kubernetes/kubeconfig-kubelet",
    ];

    /// <summary>
    /// Writes a kubeconfig with nothing but the server into <paramref name="runDirectory"/>; says what was done. Where no kubeconfig is found, what an
    /// earlier one said is left.
    /// </summary>
    /// <exception cref="CtlException">The file cannot be written.</exception>
    public static string Note(string hostRoot, string runDirectory)
    {
        foreach (string place in s_places.Select(p => Path.Combine(hostRoot, p)))
        {
            if (TryReadServer(place) is { } server)
            {
                return Write(server, place, Path.Combine(runDirectory, FileName));
            }
        }

        return $"no kubelet's kubeconfig in {hostRoot} ({string.Join(", ", s_places)}): give the agent --api-server";
    }

    /// <summary>Null when there is no such file, or none that names a server: somebody else's file is not for us to judge.</summary>
    private static Uri? TryReadServer(string path)
    {
        try
        {
            return File.Exists(path) ? KubeConfig.ServerOf(path) : null;
        }
        catch (KubeConfigException)
        {
            return null;
        }
    }

    private static string Write(Uri server, string source, string target)
    {
        string text = $"""
            apiVersion: v1
            kind: Config
            clusters:
              - name: kubelet
                cluster:
                  server: "{server.AbsoluteUri}"
            contexts:
              - name: kubelet
                context:
                  cluster: kubelet
            current-context: kubelet

            """;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            NodeFiles.Replace(target, Encoding.UTF8.GetBytes(text), Private);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CtlException($"cannot write {target}: {e.Message}; it must be possible to write to --run-dir", e);
        }

        return $"{target}: {server.AbsoluteUri}, from {source}";
    }
}
