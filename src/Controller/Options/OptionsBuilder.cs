using System.Net;

namespace Netweir.Controller;

/// <summary>Collects option values before they are known to be complete.</summary>
internal sealed class OptionsBuilder
{
    public string? NodeName { get; set; }

    public string? Kubeconfig { get; set; }

    public string? KubeletKubeconfig { get; set; }

    public List<Uri> ApiServers { get; } = [];

    public RoutingMode Routing { get; set; } = RoutingMode.Auto;

    public List<IPNetwork> ServiceCidrs { get; } = [];

    public List<string> Uplinks { get; } = [];

    public bool MasqueradeIPv4 { get; set; } = true;

    public bool MasqueradeIPv6 { get; set; } = true;

    public List<IPNetwork> NoMasqueradeCidrs { get; } = [];

    public ushort VxlanPort { get; set; } = 4789;

    public uint Vni { get; set; } = 1;

    public PortRange SnatPorts { get; set; } = new(20000, 29999);

    public int Mtu { get; set; }

    public bool BigTcp { get; set; }

    public string BpfRoot { get; set; } = "/sys/fs/bpf/netweir";

    public string StateDir { get; set; } = "/var/lib/netweir";

    public string RunDir { get; set; } = "/run/netweir";

    public string CniConfDir { get; set; } = "/etc/cni/net.d";

    public IPEndPoint HealthAddress { get; set; } = new(IPAddress.Any, 9869);

    public IPEndPoint? HealthzBindAddress { get; set; } = new(IPAddress.Any, 10256);

    public IPEndPoint? MetricsBindAddress { get; set; } = new(IPAddress.Loopback, 10249);

    public bool ExternalIPs { get; set; } = true;

    public bool LocalhostNodePorts { get; set; } = true;

    public string? ObjectPath { get; set; }

    public SortedDictionary<string, uint> MapSizes { get; } = new(StringComparer.Ordinal);

    /// <summary>Fills what nobody said from <paramref name="around"/>.</summary>
    public AgentOptions Build(OptionsSurroundings around) => new()
    {
        NodeName = NodeName ?? around.HostName,
        Kubeconfig = Kubeconfig,
        KubeletKubeconfig = KubeletKubeconfig,
        ApiServers = ApiServers,
        Routing = Routing,
        ServiceCidrs = ServiceCidrs,
        Uplinks = Uplinks,
        MasqueradeIPv4 = MasqueradeIPv4,
        MasqueradeIPv6 = MasqueradeIPv6,
        NoMasqueradeCidrs = NoMasqueradeCidrs,
        VxlanPort = VxlanPort,
        Vni = Vni,
        SnatPorts = SnatPorts,
        Mtu = Mtu,
        BigTcp = BigTcp,
        BpfRoot = BpfRoot,
        StateDir = StateDir,
        RunDir = RunDir,
        CniConfDir = CniConfDir,
        HealthAddress = HealthAddress,
        HealthzBindAddress = HealthzBindAddress,
        MetricsBindAddress = MetricsBindAddress,
        ExternalIPs = ExternalIPs,
        LocalhostNodePorts = LocalhostNodePorts,
        ObjectPath = ObjectPath ?? Path.Combine(around.BaseDirectory, "netweir.bpf.o"),
        MapSizes = MapSizes,
    };
}
