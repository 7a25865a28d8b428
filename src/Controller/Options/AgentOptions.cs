using System.Net;

namespace Netweir.Controller;

/// <summary>What the agent was told, complete and valid.</summary>
internal sealed record AgentOptions
{
    public required string NodeName { get; init; }

    /// <summary>Null: the service account of the pod that the agent runs in.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Where the API's address is taken from in a pod; null: <see cref="KubeletKubeconfig.UsualPlaces"/>.</summary>
    public string? KubeletKubeconfig { get; init; }

    /// <summary>Empty: what the kubeconfig says, or in a pod those of last time.</summary>
    public IReadOnlyList<Uri> ApiServers { get; init; } = [];

    public RoutingMode Routing { get; init; } = RoutingMode.Auto;

    /// <summary>Used when the API has no ServiceCIDR resource.</summary>
    public IReadOnlyList<IPNetwork> ServiceCidrs { get; init; } = [];

    /// <summary>Names of interfaces. Empty: found from the routes.</summary>
    public IReadOnlyList<string> Uplinks { get; init; } = [];

    public bool MasqueradeIPv4 { get; init; } = true;

    public bool MasqueradeIPv6 { get; init; } = true;

    public IReadOnlyList<IPNetwork> NoMasqueradeCidrs { get; init; } = [];

    /// <summary>UDP, host order.</summary>
    public ushort VxlanPort { get; init; } = 4789;

    /// <summary>24 bits.</summary>
    public uint Vni { get; init; } = 1;

    public PortRange SnatPorts { get; init; } = new(20000, 29999);

    /// <summary>Bytes; 0: the uplink's, less the overhead in use.</summary>
    public int Mtu { get; init; }

    /// <summary>BIG TCP where every node is reached directly and every device takes it.</summary>
    public bool BigTcp { get; init; }

    public required string BpfRoot { get; init; }

    public required string StateDir { get; init; }

    public required string RunDir { get; init; }

    public required string CniConfDir { get; init; }

    public required IPEndPoint HealthAddress { get; init; }

    /// <summary>kube-proxy's /healthz and /livez. Null: not served.</summary>
    public IPEndPoint? HealthzBindAddress { get; init; }

    /// <summary>kube-proxy's /proxyMode and /metrics. Null: not served.</summary>
    public IPEndPoint? MetricsBindAddress { get; init; }

    /// <summary><c>spec.externalIPs</c> of Services are served.</summary>
    public bool ExternalIPs { get; init; } = true;

    /// <summary>NodePorts and hostPorts answer on 127.0.0.0/8 as well.</summary>
    public bool LocalhostNodePorts { get; init; } = true;

    /// <summary>The compiled datapath.</summary>
    public required string ObjectPath { get; init; }

    /// <summary>Map name to number of entries.</summary>
    public IReadOnlyDictionary<string, uint> MapSizes { get; init; } = new Dictionary<string, uint>();
}
