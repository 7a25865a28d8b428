using System.Text;

namespace Netweir.Controller;

/// <summary>What <c>-h</c> prints.</summary>
internal static class OptionsHelp
{
    private const string Head = """
        netweir-agent: keeps this node's datapath equal to what the Kubernetes API says.

        It loads the BPF programs, attaches them, keeps their maps, the routes and the CNI configuration, and serves health and metrics.
        Stopping it changes nothing: traffic and pod creation go on without it.

        usage: netweir-agent [option]...


        """;

    private const string Tail = """

        Every option is also an environment variable: --vxlan-port is NETWEIR_VXLAN_PORT. Repeatable options (...) also take commas.

        examples:
          netweir-agent --api-server https://10.0.0.2:6443 --api-server https://10.0.0.3:6443
                                                             in its DaemonSet, as the pod's service account: two API servers, tried
                                                             in turn; no load balancer needed. KUBERNETES_SERVICE_HOST is not used:
                                                             it is the address of a service, and this agent provides services
          netweir-agent --kubeconfig /etc/kubernetes/kubelet.conf --node-name worker1
                                                             as a plain process on a node
          netweir-agent --routing vxlan --uplink eth1        all pod traffic between nodes encapsulated over eth1
          netweir-agent --masquerade ipv4 --no-masquerade-cidr 10.0.0.0/8
                                                             pods keep their IPv6 address, and their IPv4 address within the company

        what to look at:
          curl http://localhost:9869/readyz                  each condition, and why it is not met
          ctl status                                         the same without HTTP, and the kernel's side

        exit codes: 0 stopped by a signal, 1 failed (the reason is the last line), 2 wrong options
        """;

    public static string Text { get; } = Render();

    private static string Render()
    {
        var text = new StringBuilder(Head).AppendLine("options:");
        foreach (var option in OptionTable.All)
        {
            var left = $"  {option.Flag} {option.Value}{(option.Repeatable ? " ..." : "")}";
            text.Append(left.PadRight(34)).Append(' ').AppendLine(option.Help);
        }
        return text.AppendLine(Tail).ToString();
    }
}
