namespace Netweir.Ctl;

/// <summary>Where an administrator's kubeconfig is.</summary>
internal static class KubeConfigPlace
{
    private const string OnControlPlane = "/etc/kubernetes/admin.conf";

    /// <summary>What was asked for, whether it exists or not; else the first that exists.</summary>
    /// <exception cref="CtlException">None exists.</exception>
    public static string Find(string? asked, Func<string, string?> environment, Func<string, bool> exists)
    {
        if (!string.IsNullOrEmpty(asked))
        {
            return asked;
        }

        string[] places =
        [
            .. (environment("KUBECONFIG") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries),
            .. environment("HOME") is { Length: > 0 } home ? [Path.Combine(home, ".kube", "config")] : Array.Empty<string>(),
            OnControlPlane,
        ];
        return Array.Find(places, p => exists(p))
            ?? throw new CtlException($"no kubeconfig: none of {string.Join(", ", places)} exists; name one with --kubeconfig, or give --server "
                + "http://127.0.0.1:8001 while 'kubectl proxy' runs");
    }
}
