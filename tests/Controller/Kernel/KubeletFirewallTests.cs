using System.Net;
using System.Net.Sockets;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Controller.Tests;

public sealed class KubeletFirewallTests : IDisposable
{
    private const string Ours = "-A KUBE-FIREWALL -o lo -m comment --comment netweir -j RETURN";
    private const string Theirs =
        "! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment kubelet -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP";

    private static readonly IPEndPoint Local = new(IPAddress.Loopback, 5555);
    private readonly TestNode _node = new();
    private readonly NfTables _nftables;
    private readonly KubeletFirewall _firewall;

    public KubeletFirewallTests()
    {
        _nftables = NfTables.Open(_node.Namespace);
        _firewall = new KubeletFirewall(_nftables, _node.Tampering, _node.Ledger);
    }

    public void Dispose()
    {
        _nftables.Dispose();
        _node.Dispose();
    }

    [Fact]
    public void Nothing_is_made_where_the_kubelet_has_no_chain()
    {
        Assert.Equal(0, _firewall.Reconcile(true));
        Assert.Empty(Run("nft", "list", "ruleset").Checked().Output);

        Iptables("-N OTHER");
        Assert.Equal(0, _firewall.Reconcile(true));
        Assert.False(_nftables.InsertReturnOnOutput(KubeletFirewall.Chain, "lo", "netweir"));
        Assert.False(_nftables.Delete(KubeletFirewall.Chain, 1));
    }

    [Fact]
    public void The_rule_comes_first_and_once()
    {
        KubeletStarts();

        Assert.Equal(1, _firewall.Reconcile(true));
        Assert.Equal(0, _firewall.Reconcile(true));
        Assert.Equal(0, new KubeletFirewall(_nftables, _node.Tampering, _node.Ledger).Reconcile(true));

        Assert.Equal([Ours, $"-A KUBE-FIREWALL {Theirs}"], Chain());
        Assert.Empty(_node.Tampered);
    }

    [Fact]
    public void It_is_the_rule_that_iptables_nft_writes()
    {
        KubeletStarts();
        Iptables("-I KUBE-FIREWALL -o lo -j RETURN");
        var written = Expressions();
        Iptables("-D KUBE-FIREWALL 1");

        _firewall.Reconcile(true);

        Assert.Contains("[ cmp eq reg 1 0x00006f6c ]", written);
        Assert.Equal(written, Expressions());
        Assert.Contains("comment \"netweir\"", Run("nft", "list", "table", "ip", "filter").Checked().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Iptables_goes_on_working_on_the_chain()
    {
        KubeletStarts();
        _firewall.Reconcile(true);

        KubeletStarts();
        Iptables("-C KUBE-FIREWALL -o lo -m comment --comment netweir -j RETURN");
        Iptables("-A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP");
        Iptables($"-D KUBE-FIREWALL {Theirs}");
        Iptables($"-A KUBE-FIREWALL {Theirs}");
        Assert.Equal([Ours, "-A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP", $"-A KUBE-FIREWALL {Theirs}"], Chain());
        Assert.Equal(0, _firewall.Reconcile(true));

        Iptables("-D KUBE-FIREWALL -o lo -m comment --comment netweir -j RETURN");
        Assert.Equal(1, _firewall.Reconcile(true));
        Assert.Equal(["firewall"], _node.Tampered);
    }

    [Fact]
    public void The_rule_is_known_again_after_iptables_saved_and_restored_it()
    {
        KubeletStarts();
        _firewall.Reconcile(true);
        var saved = Run("iptables-nft-save").Checked().Output;

        Command.Run(["iptables-nft-restore"], _node.Namespace, saved).Checked();

        Assert.Equal(0, _firewall.Reconcile(true));
        Assert.Contains("[ match name comment rev 0 ]", Expressions());
        Assert.Equal(1, _firewall.Reconcile(false));
        Assert.Equal([$"-A KUBE-FIREWALL {Theirs}"], Chain());
    }

    [Fact]
    public void The_rule_comes_back_to_the_front_and_into_a_new_chain()
    {
        KubeletStarts();
        _firewall.Reconcile(true);

        Iptables($"-I KUBE-FIREWALL {Theirs}");
        Assert.Equal(2, _firewall.Reconcile(true));
        Assert.Equal([Ours, $"-A KUBE-FIREWALL {Theirs}", $"-A KUBE-FIREWALL {Theirs}"], Chain());
        Assert.Equal(["firewall"], _node.Tampered);

        Run("nft", "flush", "ruleset").Checked();
        Assert.Equal(0, _firewall.Reconcile(true));
        KubeletStarts();
        Assert.Equal(1, _firewall.Reconcile(true));
        Assert.Equal(["firewall"], _node.Tampered);
    }

    [Fact]
    public void The_rule_goes_when_localhost_node_ports_are_off()
    {
        KubeletStarts();
        _firewall.Reconcile(true);

        Assert.Equal(1, _firewall.Reconcile(false));
        Assert.Equal(0, _firewall.Reconcile(false));

        Assert.Equal([$"-A KUBE-FIREWALL {Theirs}"], Chain());
        Assert.Empty(_node.Tampered);
    }

    [Fact]
    public void Own_packets_to_localhost_reach_the_way_out_of_lo()
    {
        KubeletStarts();
        Run("nft", "add table ip probe; add chain ip probe out { type filter hook postrouting priority 300; }; "
            + "add rule ip probe out oifname lo ip saddr 10.0.0.1 ip daddr 127.0.0.1 counter").Checked();
        using var client = Udp(_node.Namespace, new IPEndPoint(IPAddress.Parse("10.0.0.1"), 0));

        // A drop at OUTPUT is what the sender is told of.
        Assert.Equal(SocketError.AccessDenied, Assert.Throws<SocketException>(() => client.SendTo([1], Local)).SocketErrorCode);
        Assert.Contains("counter packets 0 ", Probe(), StringComparison.Ordinal);

        _firewall.Reconcile(true);
        client.SendTo([1], Local);

        Assert.Contains("counter packets 1 ", Probe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_of_other_hosts_to_localhost_are_dropped_as_before()
    {
        using var server = Udp(_node.Namespace, Local);
        using var attacker = Attacker();
        attacker.SendTo("a"u8.ToArray(), Local);
        Assert.Equal("a", Receive(server));

        KubeletStarts();
        _firewall.Reconcile(true);
        attacker.SendTo("b"u8.ToArray(), Local);
        Iptables("-F KUBE-FIREWALL");
        attacker.SendTo("c"u8.ToArray(), Local);

        Assert.Equal("c", Receive(server));
    }

    /// <summary>As the kubelet does at its start and every minute: each is looked for first.</summary>
    private void KubeletStarts()
    {
        Run("iptables-nft", "-w 5 -N KUBE-FIREWALL");
        foreach (var (how, rule) in new[] { ("-A", $"KUBE-FIREWALL {Theirs}"), ("-I", "OUTPUT -j KUBE-FIREWALL"), ("-I", "INPUT -j KUBE-FIREWALL") })
        {
            if (!Run("iptables-nft", $"-w 5 -C {rule}").Succeeded)
            {
                Iptables($"{how} {rule}");
            }
        }
    }

    private void Iptables(string arguments) => Run("iptables-nft", $"-w 5 {arguments}").Checked();

    private Command Run(string program, params string[] arguments) =>
        Command.Run([program, .. arguments is [var line] && program != "nft" ? line.Split(' ') : arguments], _node.Namespace);

    private List<string> Chain() =>
        [.. Run("iptables-nft-save").Checked().Output.Split('\n').Where(l => l.StartsWith("-A KUBE-FIREWALL", StringComparison.Ordinal))];

    /// <summary>Those of the first rule.</summary>
    private List<string> Expressions() =>
        [.. Run("nft", "--debug=netlink", "list", "chain", "ip", "filter", "KUBE-FIREWALL").Checked().Output.Split('\n')
            .Skip(1).TakeWhile(l => l.StartsWith("  [", StringComparison.Ordinal)).Select(l => l.Trim())];

    private string Probe() => Run("nft", "list", "chain", "ip", "probe", "out").Checked().Output;

    /// <summary>A neighbour that sends to 127.0.0.1 by way of eth0, which a node with route_localnet takes in.</summary>
    private Socket Attacker()
    {
        _node.Namespace.Run(() => Sysctl.Write("net/ipv4/conf/eth0/route_localnet", "1"));
        _node.Outside.Run(() => Sysctl.Write("net/ipv4/conf/lan/route_localnet", "1"));
        using var outside = Rtnetlink.Open(_node.Outside);
        var lan = outside.Links.Get("lan").Index;
        outside.Addresses.Replace(new InterfaceAddress { LinkIndex = lan, Address = IPAddress.Parse("10.0.0.254"), PrefixLength = 24 });
        outside.Routes.Add(new Route { Destination = IPNetwork.Parse("127.0.0.1/32"), Gateway = IPAddress.Parse("10.0.0.1"), LinkIndex = lan });
        return Udp(_node.Outside, new IPEndPoint(IPAddress.Parse("10.0.0.254"), 0));
    }

    private static Socket Udp(NetworkNamespace where, IPEndPoint address) => where.Run(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        socket.Bind(address);
        return socket;
    });

    private static string Receive(Socket socket)
    {
        var buffer = new byte[16];
        return System.Text.Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }
}
