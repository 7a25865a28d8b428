using System.Net;
using Netweir.Bench.Scenarios;

namespace Netweir.Bench.Tests;

public class ProxyRulesTests
{
    private static readonly ProxyService Measured = new("default/web:tcp", "tcp", IPEndPoint.Parse("10.96.0.10:80"), [IPEndPoint.Parse("10.244.1.3:9011")]);

    [Fact]
    public void Measured_services_stand_in_the_middle() =>
        Assert.Equal(500, ProxyService.Mix(1001, [Measured]).ToList().IndexOf(Measured));

    [Fact]
    public void One_service_is_the_measured_one() => Assert.Equal([Measured], ProxyService.Mix(1, [Measured]));

    [Fact]
    public void Iptables_has_a_rule_for_each_service_a_chain_for_each_backend_and_the_chances()
    {
        string[] rules = IptablesProxyRules.Of(ProxyService.Mix(101, [Measured])).Split('\n');
        Assert.Equal(101, rules.Count(r => r.StartsWith("-A KUBE-SERVICES -d", StringComparison.Ordinal)));
        Assert.Equal(201, rules.Count(r => r.Contains("--to-destination", StringComparison.Ordinal)));
        Assert.Equal(100, rules.Count(r => r.Contains("--probability 0.5000000000", StringComparison.Ordinal)));
        Assert.Equal("-A KUBE-SERVICES -m comment --comment \"kubernetes service nodeports; NOTE: this must be the last rule in this chain\" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS", rules[^3]);
    }

    [Fact]
    public void Nftables_has_an_element_and_a_chain_for_each_service_and_a_chain_for_each_backend()
    {
        string[] lines = [.. NftablesProxyRules.Of(ProxyService.Mix(1001, [Measured])).SelectMany(t => t.Split('\n'))];
        Assert.Equal(1001, lines.Count(l => l.StartsWith("add element ip kube-proxy service-ips", StringComparison.Ordinal)));
        Assert.Equal(1001, lines.Count(l => l.StartsWith("add chain ip kube-proxy service-", StringComparison.Ordinal)));
        Assert.Equal(2001, lines.Count(l => l.StartsWith("add chain ip kube-proxy endpoint-", StringComparison.Ordinal)));
        Assert.Equal(1000, lines.Count(l => l.Contains("numgen random mod 2 vmap", StringComparison.Ordinal)));
    }

    [Fact]
    public void Services_to_fill_up_with_have_addresses_of_their_own()
    {
        FillService[] services = [.. Enumerable.Range(0, 100_000).Select(FillService.Number)];
        var range = IPNetwork.Parse(FillService.ServiceCidr);
        Assert.Equal(services.Length, services.Select(s => s.Address).Distinct().Count());
        Assert.Equal(2 * services.Length, services.SelectMany(s => s.Backends).Distinct().Count());
        Assert.All(services, s => Assert.True(range.Contains(s.Address)));
    }
}
