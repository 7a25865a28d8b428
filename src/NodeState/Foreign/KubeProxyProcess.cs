using System.Globalization;
using System.Net;

namespace Netweir.NodeState.Foreign;

/// <summary>Does kube-proxy run on this node?</summary>
public static class KubeProxyProcess
{
    /// <summary>Where it says in which mode it runs. Netweir's agent answers there, too, and says that it is Netweir.</summary>
    private static readonly IPEndPoint s_mode = new(IPAddress.Loopback, 10249);

    private static readonly string[] s_modes = ["iptables", "ipvs", "nftables", "userspace", "kernelspace"];

    /// <returns>How it shows; null when nothing speaks for it.</returns>
    public static string? Find(HostRoot host)
    {
        IReadOnlyList<NodeProcess> found = NodeProcesses.Named(host, "kube-proxy");
        if (found.Count > 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"process {found[0].Id}");
        }

        // Its process may be in a container that cannot be looked into from here.
        string? mode = LoopbackHttp.TryBody(s_mode, "/proxyMode", TimeSpan.FromMilliseconds(500))?.Trim();
        return mode is not null && s_modes.Contains(mode) ? $"it answers at {s_mode}, in mode {mode}" : null;
    }
}
