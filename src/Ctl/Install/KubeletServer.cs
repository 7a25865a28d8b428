using System.Text;
using Netweir.Kube;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>
/// Where this node's kubelet reaches the API, written down for the agent: its pod need not see the kubelet's files, which hold credentials.
/// </summary>
internal static class KubeletServer
{
    private const string FileName = "kubelet.kubeconfig";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Writes a kubeconfig with nothing but the server into <paramref name="runDirectory"/>; says what was done. Where no kubeconfig is found, what an
    /// earlier one said is left.
    /// </summary>
    /// <exception cref="CtlException">The file cannot be written.</exception>
    public static string Note(string hostRoot, string runDirectory, LedgerWriter ledger)
    {
        foreach (string place in KubeletKubeconfig.UsualPlaces.Select(p => Path.Combine(hostRoot, p.TrimStart('/'))))
        {
            if (KubeletKubeconfig.TryServerOf(place) is { } server)
            {
                return Write(server, place, Path.Combine(runDirectory, FileName), ledger);
            }
        }

        return $"no kubelet's kubeconfig in {hostRoot} ({string.Join(", ", KubeletKubeconfig.UsualPlaces)}): give the agent --api-server";
    }

    private static string Write(Uri server, string source, string target, LedgerWriter ledger)
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
            ledger.CreateDirectory(Path.GetDirectoryName(target)!);
            NodeFiles.Replace(target, Encoding.UTF8.GetBytes(text), Private);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CtlException($"cannot write {target}: {e.Message}; it must be possible to write to --run-dir", e);
        }

        return $"{target}: {server.AbsoluteUri}, from {source}";
    }
}
