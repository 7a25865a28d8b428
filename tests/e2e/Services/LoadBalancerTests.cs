using System.Net;
using System.Net.Sockets;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Addresses of load balancers and externalIPs, which no host has; source ranges.</summary>
public sealed class LoadBalancerTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachWay]
    public async Task A_load_balancers_address_is_served_for_everybody(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(LoadBalancer, lab.B1);
        await ServedForEverybodyAsync(lab, service.LoadBalancer(ipv6), ipv6);
    }

    [Theory, EachWay]
    public async Task An_externalIP_is_served_for_everybody(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(WithExternalIPs, lab.B1);
        await ServedForEverybodyAsync(lab, service.ExternalIP(ipv6), ipv6);
    }

    [Theory, EachWay]
    public async Task A_load_balancer_that_proxies_is_reached_itself(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => LoadBalancer(s) with { LoadBalancerIPMode = "Proxy", LoadBalancerIPs = LabLan.BalancerIPs }, lab.B1);
        foreach (var from in (LabHost[])[lab.A1, lab.NodeA])
        {
            await Expect.AnswersAsync(from, service.LoadBalancer(ipv6), "world", lab.NodeA.Address(ipv6));
        }

        await lab.ChangeAsync(service with { LoadBalancerIPMode = "VIP" });
        foreach (var from in (LabHost[])[lab.A1, lab.NodeA])
        {
            Assert.Equal("b1", (await from.TcpAsync(service.LoadBalancer(ipv6))).Server);
        }
    }

    [Theory, EachWay]
    public async Task Source_ranges_let_in_whom_they_name_and_nobody_else(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var allowed = lab.Outside.Address(ipv6, 1);
        var service = await lab.ServeAsync(
            s => LoadBalancer(s) with { SourceRanges = [$" {Host(allowed)} ", Host(lab.A1.Address(ipv6))] }, lab.B1);
        lab.Outside.RouteVia(lab.NodeA);
        var target = service.LoadBalancer(ipv6);
        await Expect.AnswersAsync(lab.Outside, target, "b1", null, source: allowed);
        await Expect.SilentAsync(lab.Outside, target, source: lab.Outside.Address(ipv6, 2));
        await Expect.AnswersAsync(lab.A1, target, "b1", lab.A1.Address(ipv6));
        await Expect.SilentAsync(lab.A2, target);
        // They guard the load balancer's addresses only.
        await Expect.AnswersAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6), "b1", null, source: lab.Outside.Address(ipv6, 2));
        await Expect.AnswersAsync(lab.A2, service.EndPoint(ipv6), "b1", null);

        await lab.ChangeAsync(service with { SourceRanges = [Host(lab.Outside.Address(ipv6, 2))] });
        await Expect.SilentAsync(lab.Outside, target, source: allowed);
        await Expect.AnswersAsync(lab.Outside, target, "b1", null, source: lab.Outside.Address(ipv6, 2));

        await lab.ChangeAsync(service with { SourceRanges = [] });
        await Expect.AnswersAsync(lab.Outside, target, "b1", null, source: allowed);
    }

    [Theory, EachWay]
    public async Task Addresses_go_with_the_type_and_with_the_service(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(LoadBalancer, lab.B1);
        await Expect.AnswersAsync(lab.A1, service.LoadBalancer(ipv6), "b1", null);
        await lab.ChangeAsync(service with { Type = LabServiceType.ClusterIP });
        Assert.NotNull(await lab.A1.TcpErrorAsync(service.LoadBalancer(ipv6), TimeSpan.FromMilliseconds(500)));
        await Expect.RefusesAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6));
        await Expect.AnswersAsync(lab.A1, service.EndPoint(ipv6), "b1", null);

        await lab.ChangeAsync(service);
        await Expect.AnswersAsync(lab.A1, service.LoadBalancer(ipv6), "b1", null);
        await lab.RemoveAsync(service);
        Assert.NotNull(await lab.A1.TcpErrorAsync(service.LoadBalancer(ipv6), TimeSpan.FromMilliseconds(500)));
    }

    private static async Task ServedForEverybodyAsync(ServiceLab lab, IPEndPoint target, bool ipv6)
    {
        await Expect.AnswersAsync(lab.A1, target, "b1", lab.A1.Address(ipv6));
        await Expect.AnswersAsync(lab.B2, target, "b1", lab.B2.Address(ipv6));
        await Expect.AnswersAsync(lab.NodeA, target, "b1", lab.NodeA.Address(ipv6));
        await Expect.AnswersAsync(lab.NodeB, target, "b1", lab.NodeB.Address(ipv6));
        lab.Outside.RouteVia(lab.NodeB);
        await Expect.AnswersAsync(lab.Outside, target, "b1", lab.Outside.Address(ipv6));
        lab.Outside.RouteVia(lab.NodeA);
        await Expect.AnswersAsync(lab.Outside, target, "b1", lab.NodeA.Address(ipv6));
    }

    private static LabService LoadBalancer(LabService service) => service with { Type = LabServiceType.LoadBalancer };

    private static LabService WithExternalIPs(LabService service) =>
        service with { ExternalIPs = service.OwnExternalIPs };

    private static string Host(IPAddress address) => $"{address}/{(address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)}";
}
