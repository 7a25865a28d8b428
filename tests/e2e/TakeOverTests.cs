using System.Net;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>A node on which kube-proxy has been: its rules lead this host's own connections astray until they are taken away.</summary>
public sealed class TakeOverTests(DirectLab lab) : IClassFixture<DirectLab>
{
    [Fact]
    public async Task Host_reaches_services_by_Netweir_once_kube_proxys_rules_are_gone()
    {
        IPEndPoint service = lab.OnlyB1.EndPoint(ipv6: false);
        Assert.Equal(lab.B1.Name, (await lab.NodeA.TcpAsync(service)).Server);

        // Its endpoint is of a pod that is gone.
        Iptables("-N", "KUBE-SERVICES");
        Iptables("-N", "KUBE-SEP-AAAAAAAAAAAAAAAA");
        Iptables("-A", "KUBE-SEP-AAAAAAAAAAAAAAAA", "-p", "tcp", "-j", "DNAT", "--to-destination", "10.255.255.1:80");
        Iptables("-A", "KUBE-SERVICES", "-d", $"{service.Address}/32", "-p", "tcp", "--dport", "80", "-j", "KUBE-SEP-AAAAAAAAAAAAAAAA");
        Iptables("-A", "OUTPUT", "-m", "comment", "--comment", "kubernetes service portals", "-j", "KUBE-SERVICES");
        Assert.NotNull(await lab.NodeA.TcpErrorAsync(service, TimeSpan.FromSeconds(1)));
        Assert.Equal(lab.B1.Name, (await lab.A1.TcpAsync(service)).Server);
        Assert.Contains("remedy: ctl take-over", Ctl("preflight").Output, StringComparison.Ordinal);

        Command done = Ctl("take-over").Checked();

        Assert.Contains("iptables table ip nat: 1 rules that led to kube-proxy's chains and 2 chains deleted", done.Output, StringComparison.Ordinal);
        Assert.Equal(lab.B1.Name, (await lab.NodeA.TcpAsync(service)).Server);
        Assert.DoesNotContain("remedy: ctl take-over", Ctl("preflight").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Preflight_finds_nothing_wrong_with_a_node_that_works()
    {
        Command checkedNode = Ctl("preflight");

        Assert.True(checkedNode.Succeeded, checkedNode.Output + checkedNode.Error);
        Assert.Contains("9869, 10256, 10249: free, or the agent's", checkedNode.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("pod interfaces were made by another plugin", checkedNode.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("a BPF program that is not Netweir's", checkedNode.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Bugtool_collects_from_a_node_that_works()
    {
        string archive = Path.Combine(lab.NodeA.Directory, "report.tar.gz");

        Command collected = Ctl("bugtool", "-f", archive);

        Assert.True(collected.Succeeded, collected.Error);
        Assert.DoesNotContain("not collected", string.Join('\n', collected.Error.Split('\n').Where(l => !l.StartsWith("logs/", StringComparison.Ordinal))), StringComparison.Ordinal);
        string status = Command.Run(["tar", "-xzOf", archive, "--wildcards", "*/status.txt"]).Checked().Output;
        Assert.Matches("^verdict +ok", status);
        Assert.Contains("only-b1", Command.Run(["tar", "-xzOf", archive, "--wildcards", "*/datapath/maps/services.txt"]).Checked().Output, StringComparison.Ordinal);
        Assert.Contains("netweir_", Command.Run(["tar", "-xzOf", archive, "--wildcards", "*/agent/metrics.txt"]).Checked().Output, StringComparison.Ordinal);
    }

    private Command Ctl(params string[] arguments) => lab.NodeA.Ctl([.. arguments, "--cni-conf-dir", lab.NodeA.CniDirectory]);

    private void Iptables(params string[] arguments) => Command.Run(["iptables-nft", "-t", "nat", .. arguments], lab.NodeA.Namespace).Checked();
}
