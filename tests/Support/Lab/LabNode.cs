using System.Net;
using Netweir.Netlink;

namespace Netweir.Support.Lab;

/// <summary>A machine of the cluster, as a fresh Kubernetes node is: forwarding IPv4, strict reverse path filter. The agent does the rest.</summary>
public sealed class LabNode : LabHost
{
    /// <summary>Of the agent's health pages, in the node's namespace.</summary>
    public const int HealthPort = 9869;

    private readonly LabCluster _lab;
    private readonly int _number;
    private LabProcess? _agent;

    private LabNode(LabCluster lab, int number, int subnet, NetworkNamespace ns)
        : base($"node-{(char)('a' + number - 1)}", ns)
    {
        _lab = lab;
        _number = number;
        IPv4 = LabSubnet.NodeIPv4(subnet, number);
        IPv6 = LabSubnet.NodeIPv6(subnet, number);
        Directory = System.IO.Directory.CreateDirectory(Path.Combine(lab.Directory, Name)).FullName;
        BpfRoot = LabName.BpfRoot(lab.Name, Name);
        BpfObject = lab.Programs.BpfObject;
        Runtime = new ContainerRuntime(this, lab.Programs.Cni);
    }

    /// <summary>InternalIP.</summary>
    public IPAddress IPv4 { get; }

    /// <summary>InternalIP.</summary>
    public IPAddress IPv6 { get; }

    /// <summary>Another address, which the node gets by <see cref="AddSecondAddresses"/>.</summary>
    public IPAddress SecondIPv4 => LabSubnet.SecondNodeIPv4(_number);

    public IPAddress SecondIPv6 => LabSubnet.SecondNodeIPv6(_number);

    /// <summary>Each node is in a zone of its own.</summary>
    public string Zone => Name.Replace("node", "zone", StringComparison.Ordinal);

    public IReadOnlyList<string> PodCidrs => LabSubnet.PodCidrs(_number);

    public string Directory { get; }

    public string BpfRoot { get; }

    public string StateDirectory => Path.Combine(Directory, "state");

    public string RunDirectory => Path.Combine(Directory, "run");

    public string CniDirectory => Path.Combine(Directory, "cni");

    public string AgentLog => Path.Combine(Directory, "agent.log");

    /// <summary>The compiled datapath that the agent is given when it is started next.</summary>
    public string BpfObject { get; set; }

    /// <summary>What containerd is on a real node.</summary>
    public ContainerRuntime Runtime { get; }

    public bool AgentIsRunning => _agent is { HasExited: false };

    public int AgentProcessId => _agent?.Id ?? throw new LabException($"{Name}: no agent was started");

    public IPAddress Address(bool ipv6) => ipv6 ? IPv6 : IPv4;

    public IPAddress SecondAddress(bool ipv6) => ipv6 ? SecondIPv6 : SecondIPv4;

    /// <summary>Puts further addresses, which no Node object tells of, on the uplink; deprecated, so that new connections come from the others.</summary>
    public void AddSecondAddresses()
    {
        Run("ip", "addr", "add", $"{SecondIPv4}/32", "dev", "eth0").Checked();
        Run("ip", "addr", "add", $"{SecondIPv6}/128", "dev", "eth0", "nodad", "preferred_lft", "0").Checked();
    }

    /// <summary>
    /// A backend that is a process of the host network, as a pod with hostNetwork is: its servers listen on the node's addresses, and answer
    /// until the node is disposed.
    /// </summary>
    public async Task<LabBackend> ServeOnHostNetworkAsync(int port)
    {
        var backend = new LabBackend { Name = Name, Node = Name, IPv4 = IPv4, IPv6 = IPv6, Port = port, MirrorPort = port + 1 };
        await ServeAsync(new IPEndPoint(IPv4, port), new IPEndPoint(IPv6, port));
        await MirrorAsync(new IPEndPoint(IPv4, port + 1));
        await MirrorAsync(new IPEndPoint(IPv6, port + 1));
        return backend;
    }

    /// <summary>Starts the agent without waiting for it.</summary>
    /// <param name="routing">--routing.</param>
    /// <param name="arguments">Further ones.</param>
    public void StartAgent(string routing, params string[] arguments)
    {
        if (AgentIsRunning)
        {
            throw new LabException($"{Name}: its agent runs already");
        }

        _agent?.Dispose();
        _agent = LabProcess.Start(_lab.Directory, Namespace, [.. AgentCommand(routing), .. arguments], AgentLog);
    }

    /// <summary>Until <c>/readyz</c> says so.</summary>
    public async Task AwaitReadyAsync(TimeSpan timeout)
    {
        try
        {
            await Wait.UntilAsync($"{Name}: the agent is ready", timeout, async () =>
            {
                var agent = _agent is { HasExited: false } ? _agent : throw new InvalidOperationException($"the agent ended with exit code {_agent?.ExitCode}");
                var (status, body) = await this.HttpAsync(new IPEndPoint(IPAddress.Loopback, HealthPort), "/readyz");
                return status == 200 ? true : throw new LabException($"/readyz: {status} {body.Trim()} (process {agent.Id})");
            });
        }
        catch (Exception e) when (e is LabException or InvalidOperationException)
        {
            throw new LabException($"{Name}: {e.Message}\n--- {AgentLog}:\n{_agent?.Tail()}", e);
        }
    }

    /// <summary>kill -9.</summary>
    public void KillAgent() => Agent().Kill();

    /// <summary>SIGTERM. Returns the exit code.</summary>
    public int StopAgent() => Agent().Stop(TimeSpan.FromSeconds(10));

    /// <summary>The agent's log, for messages of failed tests.</summary>
    public string LogTail(int lines = 40) => _agent?.Tail(lines) ?? "(no agent was started)";

    /// <summary>Runs ctl on the node.</summary>
    public Command Ctl(params string[] arguments) => Command.Run(CtlCommand(arguments), Namespace);

    /// <summary>The line that <see cref="Ctl"/> runs.</summary>
    public IReadOnlyList<string> CtlCommand(params string[] arguments) =>
        [.. _lab.Programs.Ctl, .. arguments, "--bpf-root", BpfRoot, "--state-dir", StateDirectory, "--run-dir", RunDirectory];

    public override async ValueTask DisposeAsync()
    {
        _agent?.Dispose();
        await base.DisposeAsync();
    }

    internal static LabNode Create(LabCluster lab, int number, int subnet)
    {
        var node = new LabNode(lab, number, subnet, NetworkNamespace.Create(LabName.Namespace(lab.Name, $"n{number}")));
        node.Namespace.Run(() =>
        {
            foreach (var scope in (string[])["all", "default"])
            {
                // What kind's node image sets, net.ipv4.ip_forward included.
                Sysctl.Write($"net/ipv4/conf/{scope}/rp_filter", "1");
            }

            Sysctl.Write("net/ipv4/ip_forward", "1");
            Sysctl.Write("net/ipv6/conf/default/accept_dad", "0");
        });
        lab.Lan.Connect(node.Namespace, $"n{number}", subnet);
        node.Configure(subnet);
        return node;
    }

    private void Configure(int subnet)
    {
        using var netlink = Rtnetlink.Open(Namespace);
        netlink.Links.SetUp(netlink.Links.Get("lo").Index);
        var eth0 = netlink.Links.Get("eth0").Index;
        netlink.Addresses.Replace(new InterfaceAddress { LinkIndex = eth0, Address = IPv4, PrefixLength = 24 });
        netlink.Addresses.Replace(new InterfaceAddress { LinkIndex = eth0, Address = IPv6, PrefixLength = 64, Flags = AddressFlags.NoDad });
        netlink.Links.SetUp(eth0);
        foreach (var (network, router) in ((string, IPAddress)[])[("0.0.0.0/0", LabSubnet.RouterIPv4(subnet)), ("::/0", LabSubnet.RouterIPv6(subnet))])
        {
            netlink.Routes.Add(new Route { Destination = IPNetwork.Parse(network), Gateway = router, LinkIndex = eth0, Protocol = RouteProtocol.Static });
        }
    }

    private LabProcess Agent() => AgentIsRunning ? _agent! : throw new LabException($"{Name}: its agent does not run:\n{LogTail()}");

    private List<string> AgentCommand(string routing) =>
    [
        .. _lab.Programs.Agent,
        "--node-name", Name,
        "--kubeconfig", _lab.KubeConfig,
        "--routing", routing,
        "--object", BpfObject,
        "--bpf-root", BpfRoot,
        "--state-dir", StateDirectory,
        "--run-dir", RunDirectory,
        "--cni-conf-dir", CniDirectory,
        "--health-address", $"0.0.0.0:{HealthPort}",
        .. _lab.Options.AgentArguments,
    ];
}
