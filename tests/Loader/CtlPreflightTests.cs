using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using LibBpf.Interop;
using Netweir.Ctl;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Loader.Tests;

/// <summary><c>ctl preflight</c> in a network namespace of the test's own, which has one uplink; nothing of Netweir is installed.</summary>
public sealed class CtlPreflightTests : IDisposable
{
    private readonly string _name = $"nwt-{Guid.NewGuid():N}"[..16];
    private readonly string _directory = Directory.CreateTempSubdirectory("nw-preflight-").FullName;
    private readonly NetworkNamespace _namespace;
    private readonly Rtnetlink _netlink;

    public CtlPreflightTests()
    {
        _namespace = NetworkNamespace.Create(_name);
        _netlink = Rtnetlink.Open(_namespace);
        _netlink.Links.SetUp(1);
        Uplink("eth0", "10.0.0.1", 1500);
        _netlink.Routes.Add(new Route { Destination = IPNetwork.Parse("0.0.0.0/0"), Gateway = IPAddress.Parse("10.0.0.254"), LinkIndex = _netlink.Links.Get("eth0").Index });
    }

    public void Dispose()
    {
        _netlink.Dispose();
        _namespace.Dispose();
        NetworkNamespace.Delete(_name);
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Clean_node_passes()
    {
        (int exit, string output, string error) = Run();

        Assert.Equal((0, ""), (exit, error));
        Assert.StartsWith("verdict  Netweir works here", output, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot tell", output, StringComparison.Ordinal);
        Assert.Contains("eth0 1500", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Looking_leaves_nothing_in_the_kernel_and_on_the_disk()
    {
        string[] before = Traces();

        Run();

        Assert.Equal(before, Traces());
        Assert.True(SpinWait.SpinUntil(() => !ProgramNames().Contains("nw_probe"), TimeSpan.FromSeconds(10)), "a probing program is still loaded");
    }

    [Fact]
    public void What_keeps_Netweir_from_working_shows_in_the_exit_code_and_has_a_remedy()
    {
        File.WriteAllText(Path.Combine(_directory, "00-other.conflist"), """{"plugins": [{"type": "other"}]}""");

        (int exit, string output, _) = Run("-o", "json");

        Assert.Equal(1, exit);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal("Netweir does not work here: 1 errors, 1 warnings", json.RootElement.GetProperty("verdict").GetString());
        JsonElement[] findings = [.. json.RootElement.GetProperty("findings").EnumerateArray()];
        Assert.Equal("error", findings[0].GetProperty("severity").GetString());
        Assert.All(findings, f => Assert.True(f.GetProperty("effect").GetString()!.Length > 3 && f.GetProperty("remedy").GetString()!.Length > 3));
    }

    [Fact]
    public void Container_finds_directories_that_it_has_no_mounts_of_below_the_nodes_root()
    {
        string below = Path.Combine(_directory, "etc", "nw-no-such", "net.d");
        Directory.CreateDirectory(below);
        File.WriteAllText(Path.Combine(below, "00-other.conflist"), """{"plugins": [{"type": "other"}]}""");

        (int exit, string output, _) = Run("--host-root", _directory, "--cni-conf-dir", "/etc/nw-no-such/net.d");

        Assert.Equal(1, exit);
        Assert.Contains($"the container runtime takes {below}/00-other.conflist (other)", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Vxlan_device_on_Netweirs_port_is_named()
    {
        _netlink.Links.CreateVxlan(new VxlanSpec { Name = "vxlan.calico", Port = 4789 });

        Assert.Contains("UDP port 4789, which Netweir uses for VXLAN, is taken by the VXLAN device vxlan.calico", Run().Output, StringComparison.Ordinal);
        (int exit, string output, _) = Run("--vxlan-port", "8472");
        Assert.Equal(0, exit);
        Assert.Contains("UDP 8472: free; other VXLAN devices: vxlan.calico on 4789", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_that_others_have_are_named_with_their_owner()
    {
        using Socket socket = _namespace.Run(() =>
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 9869));
            listener.Listen();
            return listener;
        });

        (int exit, string output, _) = Run();

        Assert.Equal(1, exit);
        Assert.Matches($"port 9869, the agent's health port, is taken by .* \\(process {Environment.ProcessId}\\)", output);
    }

    [Fact]
    public void Uplinks_of_different_mtu_and_ranges_that_overlap_are_told()
    {
        Uplink("eth1", "10.96.1.1", 9000);
        _netlink.Routes.Add(new Route
        {
            Destination = IPNetwork.Parse("0.0.0.0/0"),
            Gateway = IPAddress.Parse("10.96.1.254"),
            LinkIndex = _netlink.Links.Get("eth1").Index,
            Metric = 7,
        });

        (int exit, string output, _) = Run("--range", "10.96.0.0/16");

        Assert.Equal(1, exit);
        Assert.Contains("warning: uplinks differ in their MTU: eth0 1500, eth1 9000", output, StringComparison.Ordinal);
        Assert.Contains("error: 10.96.0.0/16, overlaps 10.96.1.0/24, which this node is attached to by eth1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Bpf_file_system_is_mounted_only_to_see_that_it_can_be()
    {
        string output = Run("--bpf-root", Path.Combine(_directory, "bpf")).Output;

        Assert.Contains($"info: no BPF file system is mounted at {_directory}\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain(File.ReadAllLines("/proc/self/mountinfo"), l => l.Contains(_directory, StringComparison.Ordinal));
        Assert.False(BpfFs.IsMounted(_directory));
    }

    [Fact]
    public void Unknown_range_is_refused() => Assert.Equal(2, Run("--range", "10.96.0.1/12x").Exit);

    [Fact]
    public void Missing_privileges_are_no_verdict_on_the_kernel()
    {
        Assert.Equal("ok", Privileges.Judge(["Name:\tctl", "CapEff:\t000001ffffffffff"]).Verdict);
        Assert.Contains("CAP_SYS_ADMIN, CAP_PERFMON, CAP_BPF", Privileges.Judge(["CapEff:\t0000000000001000"]).Unknown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net/core/bpf_jit_enable", "0", "warning")]
    [InlineData("net/ipv4/ip_forward", "0", "info")]
    [InlineData("net/ipv4/conf/all/rp_filter", "1", "info")]
    [InlineData("net/ipv4/conf/all/rp_filter", "2", "ok")]
    [InlineData("net/ipv6/conf/all/disable_ipv6", "1", "warning")]
    [InlineData("net/ipv4/ip_local_port_range", "32768\t60999", "ok")]
    [InlineData("net/ipv4/ip_local_port_range", "1024\t65535", "warning")]
    public void Settings_that_hurt_are_told(string name, string value, string verdict) =>
        Assert.Equal(verdict, SysctlChecks.Judge(asked => asked == name ? value : null).Verdict);

    [Fact]
    public void Read_only_mounts_are_known_by_the_nearest_mount_point()
    {
        var mounts = new MountTable(
        [
            "1 0 8:1 / / ro,relatime - ext4 /dev/sda1 rw", "2 1 8:2 / /opt rw - ext4 /dev/sda2 rw", "3 2 8:3 / /opt/cni rw - squashfs /dev/loop0 ro",
            "4 1 8:4 / /etc ro - tmpfs t rw", "5 4 8:5 / /etc rw - overlay o rw",
        ]);

        Assert.Equal([true, false, true, true, false, false], new[] { "/usr/lib", "/opt/other", "/opt/cni/bin", "/optical", "/etc/cni", "/etc" }.Select(mounts.IsReadOnly));
    }

    [Fact]
    public void Ranges_of_the_control_plane_are_read_from_its_manifest() => Assert.Equal(
        [IPNetwork.Parse("10.244.0.0/16"), IPNetwork.Parse("fd00:10:244::/56"), IPNetwork.Parse("10.96.0.0/12")],
        KnownRanges.FromFlags(["    - kube-controller-manager", "    - --cluster-cidr=10.244.0.0/16,fd00:10:244::/56", "    - --service-cluster-ip-range=10.96.0.0/12"]));

    [Theory]
    [InlineData("systemd-network", "systemd/networkd.conf.d/x.conf", "[Network]\nManageForeignRoutes = no\n")]
    [InlineData("NetworkManager", "NetworkManager/conf.d/x.conf", "[keyfile]\nunmanaged-devices=interface-name:nw*\n")]
    public void Network_managers_are_told_of_until_they_are_configured(string name, string file, string content)
    {
        string process = Path.Combine(_directory, "proc", "1");
        Directory.CreateDirectory(process);
        File.WriteAllText(Path.Combine(process, "comm"), name + "\n");
        Check check = new ManagerChecks(new HostRoot(_directory)).Check;
        Assert.Equal("warning", check.Run().Verdict);

        string path = Path.Combine(_directory, "etc", file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);

        Assert.Equal("ok", check.Run().Verdict);
    }

    [Fact]
    public void Examples_are_below_the_help()
    {
        Assert.Contains("--host-root /host", Run("--help").Output, StringComparison.Ordinal);
    }

    private void Uplink(string name, string address, int mtu)
    {
        _netlink.Links.CreateVeth(new VethSpec { Name = name, PeerName = name + "p", Mtu = mtu });
        Link link = _netlink.Links.Get(name);
        _netlink.Addresses.Replace(new InterfaceAddress { LinkIndex = link.Index, Address = IPAddress.Parse(address), PrefixLength = 24 });
        _netlink.Links.SetUp(link.Index);
        _netlink.Links.SetUp(_netlink.Links.Get(name + "p").Index);
    }

    /// <summary>Devices and their queueing disciplines and filters, mounts, pins, files.</summary>
    private string[] Traces() =>
    [
        .. _netlink.Links.List().Select(l => $"{l.Name} {string.Join(' ', _netlink.TrafficControl.QdiscKinds(l.Index))} {_netlink.TrafficControl.List(l.Index, TcDirection.Ingress).Count} "
            + $"{_namespace.Run(() => LoadedProgram.AtTcx((uint)l.Index, TcxDirection.Ingress)).Count}"),
        .. File.ReadAllLines("/proc/self/mountinfo").Where(l => l.Contains("/sys/fs/bpf", StringComparison.Ordinal)),
        .. Directory.GetFileSystemEntries(_directory, "*", SearchOption.AllDirectories),
        $"netweir's pins: {Directory.Exists("/sys/fs/bpf/netweir")}",
    ];

    private static List<string> ProgramNames()
    {
        List<string> names = [];
        uint id = 0;
        unsafe
        {
            while (LibBpf.Interop.LibBpf.bpf_prog_get_next_id(id, &id) == 0)
            {
                names.Add(LoadedProgram.Find(id)?.Name ?? "");
            }
        }

        return names;
    }

    private (int Exit, string Output, string Error) Run(params string[] command) => _namespace.Run(() =>
    {
        using StringWriter output = new(), error = new();
        int exit = CtlCommand.Run(
            ["preflight", .. command, .. command.Contains("--cni-conf-dir") ? [] : (string[])["--cni-conf-dir", _directory], "--cni-bin-dir", _directory, "--state-dir", _directory, "--run-dir", _directory], output, error);
        return (exit, output.ToString(), error.ToString());
    });
}
