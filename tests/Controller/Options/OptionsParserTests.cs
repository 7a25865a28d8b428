using System.Net;

namespace Netweir.Controller.Tests;

public sealed class OptionsParserTests : IDisposable
{
    private readonly string _object = Path.GetTempFileName();
    private readonly string _state = Directory.CreateTempSubdirectory("nw-agent-").FullName;
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal) { ["NETWEIR_API_SERVER"] = "https://192.0.2.1:6443" };

    public void Dispose()
    {
        File.Delete(_object);
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public void Defaults_are_complete_and_valid()
    {
        var options = Valid();

        Assert.Equal("host1", options.NodeName);
        Assert.Equal(RoutingMode.Auto, options.Routing);
        Assert.True(options.MasqueradeIPv4 && options.MasqueradeIPv6);
        Assert.Equal(4789, options.VxlanPort);
        Assert.Equal(1u, options.Vni);
        Assert.Equal(new PortRange(20000, 29999), options.SnatPorts);
        Assert.Equal("/sys/fs/bpf/netweir", options.BpfRoot);
        Assert.Equal(IPEndPoint.Parse("0.0.0.0:9869"), options.HealthAddress);
        Assert.Equal(IPEndPoint.Parse("0.0.0.0:10256"), options.HealthzBindAddress);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:10249"), options.MetricsBindAddress);
        Assert.True(options.ExternalIPs && options.LocalhostNodePorts);
    }

    [Fact]
    public void Servers_of_kube_proxys_ports_move_or_are_switched_off()
    {
        Assert.Equal(IPEndPoint.Parse("[::]:10256"), Valid("--healthz-bind-address", "[::]:10256").HealthzBindAddress);
        Assert.Null(Valid("--healthz-bind-address=").HealthzBindAddress);
        Assert.Null(Valid("--metrics-bind-address", "").MetricsBindAddress);
        _variables["NETWEIR_METRICS_BIND_ADDRESS"] = "";
        Assert.Null(Valid().MetricsBindAddress);
        Assert.NotNull(Valid("--metrics-bind-address", "127.0.0.1:10249").MetricsBindAddress);
    }

    [Fact]
    public void An_empty_variable_of_another_option_counts_as_unset()
    {
        _variables["NETWEIR_VNI"] = "";

        Assert.Equal(1u, Valid().Vni);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void External_IPs_and_localhost_node_ports_are_switched(string value, bool expected)
    {
        Assert.Equal(expected, Valid("--external-ips", value).ExternalIPs);
        Assert.Equal(expected, Valid("--localhost-node-ports", value).LocalhostNodePorts);
    }

    [Fact]
    public void Big_TCP_is_off_and_refused_with_tunnels_alone()
    {
        Assert.False(Valid().BigTcp);
        Assert.True(Valid("--big-tcp", "true").BigTcp);
        Assert.True(Valid("--big-tcp=true", "--routing=direct").BigTcp);
        Assert.False(Valid("--big-tcp=false", "--routing=vxlan").BigTcp);
        Assert.StartsWith("--big-tcp: not with --routing vxlan: ", Assert.Single(Parse("--big-tcp=true", "--routing=vxlan").Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Node_name_comes_from_the_flag_then_the_environment_then_the_host()
    {
        Assert.Equal("host1", Valid().NodeName);
        _variables["NODE_NAME"] = "from-env";
        Assert.Equal("from-env", Valid().NodeName);
        Assert.Equal("from-flag", Valid("--node-name", "from-flag").NodeName);
    }

    [Fact]
    public void Every_flag_has_a_variable_and_wins_over_it()
    {
        _variables["NETWEIR_VNI"] = "7";
        _variables["NETWEIR_SERVICE_CIDR"] = "10.96.0.0/16, fd00:96::/112";
        Assert.Equal(7u, Valid().Vni);
        Assert.Equal(9u, Valid("--vni=9").Vni);
        Assert.Equal([IPNetwork.Parse("10.96.0.0/16"), IPNetwork.Parse("fd00:96::/112")], Valid().ServiceCidrs);
    }

    [Fact]
    public void Repeatable_flags_add_up()
    {
        var options = Valid("--uplink", "eth0", "--uplink=eth1", "--map-size", "nw_conntrack=1024", "--map-size", "nw_ipcache=16");

        Assert.Equal(["eth0", "eth1"], options.Uplinks);
        Assert.Equal(1024u, options.MapSizes["nw_conntrack"]);
        Assert.Equal(16u, options.MapSizes["nw_ipcache"]);
    }

    [Theory]
    [InlineData("both", true, true)]
    [InlineData("ipv4", true, false)]
    [InlineData("ipv6", false, true)]
    [InlineData("none", false, false)]
    public void Masquerade_is_chosen_per_family(string value, bool ipv4, bool ipv6)
    {
        var options = Valid("--masquerade", value);

        Assert.Equal((ipv4, ipv6), (options.MasqueradeIPv4, options.MasqueradeIPv6));
    }

    [Theory]
    [InlineData("--nonsense: there is no such option; -h lists them", "--nonsense")]
    [InlineData("--vni: its value is missing: --vni N", "--vni")]
    [InlineData("--vni: '16777216' is not a number from 0 to 16777215", "--vni", "16777216")]
    [InlineData("--vni: given 2 times, but takes one value", "--vni", "1", "--vni", "2")]
    [InlineData("--routing: 'bgp' is not one of direct, vxlan, auto", "--routing", "bgp")]
    [InlineData("--service-cidr: '10.96.0.1/16' is not a CIDR", "--service-cidr", "10.96.0.1/16")]
    [InlineData("--service-cidr: '10.96.0.0' is not a CIDR", "--service-cidr", "10.96.0.0")]
    [InlineData("--mtu: '1000' is neither 0 nor a number from 1280", "--mtu", "1000")]
    [InlineData("--snat-ports: '5-1' is not a port range", "--snat-ports", "5-1")]
    [InlineData("--snat-ports: 40000-41000 overlaps net.ipv4.ip_local_port_range (32768-60999)", "--snat-ports", "40000-41000")]
    [InlineData("--snat-ports: 29000-31000 overlaps the node ports (30000-32767)", "--snat-ports", "29000-31000")]
    [InlineData("--uplink: 'a-name-that-is-too-long' is not an interface name", "--uplink", "a-name-that-is-too-long")]
    [InlineData("--state-dir: 'var/lib' is not an absolute path", "--state-dir", "var/lib")]
    [InlineData("--health-address: 'localhost' is not an address and port", "--health-address", "localhost")]
    [InlineData("--health-address: its value is empty", "--health-address", "")]
    [InlineData("--healthz-bind-address: '10256' is not an address and port", "--healthz-bind-address", "10256")]
    [InlineData("--metrics-bind-address: 0.0.0.0:10256 is --healthz-bind-address's as well", "--metrics-bind-address", "0.0.0.0:10256")]
    [InlineData("--external-ips: 'yes' is neither true nor false", "--external-ips", "yes")]
    [InlineData("--localhost-node-ports: 'True' is neither", "--localhost-node-ports", "True")]
    [InlineData("--map-size: 'nw_conntrack' is not NAME=N", "--map-size", "nw_conntrack")]
    [InlineData("--api-server: '10.0.0.1:6443' is not a URL", "--api-server", "10.0.0.1:6443")]
    [InlineData("--kubeconfig: '/does/not/exist' does not exist", "--kubeconfig", "/does/not/exist")]
    public void A_wrong_option_is_named_with_its_cause(string expected, params string[] arguments)
    {
        var error = Assert.Single(Parse(arguments).Errors);

        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        Assert.Equal(3, Parse("--vni", "x", "--mtu", "1", "--routing", "no").Errors.Count);
    }

    [Fact]
    public void Outside_of_a_pod_a_kubeconfig_is_required()
    {
        _variables.Clear();

        Assert.StartsWith("--kubeconfig: required outside of a pod", Assert.Single(Parse().Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_pod_nothing_has_to_be_said_of_the_API()
    {
        _variables.Clear();
        _variables["KUBERNETES_SERVICE_HOST"] = "10.96.0.1";

        Assert.Empty(Valid("--state-dir", _state).ApiServers);
        Assert.Equal("/proc/self/status", Valid("--kubelet-kubeconfig", "/proc/self/status").KubeletKubeconfig);
        Assert.StartsWith("--kubelet-kubeconfig: '/no/such' does not exist", Assert.Single(Parse("--kubelet-kubeconfig", "/no/such").Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_object_is_an_error()
    {
        var error = Assert.Single(Parse("--object", "/no/such.o").Errors);

        Assert.StartsWith("--object: '/no/such.o' does not exist", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    public void Help_wins_over_errors_and_names_every_option(string flag)
    {
        Assert.True(Parse("--nonsense", flag).Help);
        Assert.All(OptionTable.All, o => Assert.Contains(o.Flag, OptionsHelp.Text, StringComparison.Ordinal));
    }

    private AgentOptions Valid(params string[] arguments)
    {
        var result = Parse(arguments);
        Assert.Empty(result.Errors);
        return result.Options!;
    }

    private OptionsResult Parse(params string[] arguments) => OptionsParser.Parse(
        arguments.Contains("--object") ? arguments : ["--object", _object, .. arguments],
        new OptionsSurroundings
        {
            Variable = name => _variables.GetValueOrDefault(name),
            HostName = "host1",
            LocalPorts = new PortRange(32768, 60999),
            BaseDirectory = "/opt/netweir",
        });
}
