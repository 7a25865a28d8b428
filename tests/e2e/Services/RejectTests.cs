using System.Net;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>
/// A service without backends refuses, and what no service has is silent. Pain: the client hangs instead of being told "connection refused".
/// </summary>
public sealed class RejectTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachWay]
    public async Task A_service_without_backends_refuses_everybody_at_every_frontend(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s with { Type = LabServiceType.LoadBalancer, ExternalIPs = s.OwnExternalIPs });
        lab.Outside.RouteVia(lab.NodeA);
        await RefusesEverybodyAsync(lab, service, ipv6);
    }

    [Theory, EachWay]
    public async Task A_service_whose_backends_are_not_ready_refuses_everybody(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(
            s => s with { Type = LabServiceType.LoadBalancer, ExternalIPs = s.OwnExternalIPs },
            lab.A2.Backend.Unready, lab.B1.Backend.TerminatingUnready);
        lab.Outside.RouteVia(lab.NodeA);
        await RefusesEverybodyAsync(lab, service, ipv6);
    }

    [Theory, EachWay]
    public async Task Local_policies_refuse_as_well_when_no_node_has_a_backend(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(
            s => s with { Type = LabServiceType.LoadBalancer, ExternalIPs = s.OwnExternalIPs, ExternalTrafficLocal = true, InternalTrafficLocal = true });
        lab.Outside.RouteVia(lab.NodeA);
        await RefusesEverybodyAsync(lab, service, ipv6);
    }

    [Theory, EachWay]
    public async Task A_ClusterIP_refuses_at_ports_that_the_service_does_not_have(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s, lab.A2, lab.B1);
        foreach (var from in (LabHost[])[lab.A1, lab.NodeA])
        {
            await Expect.RefusesAsync(from, new IPEndPoint(service.Address(ipv6), 4711));
        }
    }

    [Theory, EachWay]
    public async Task An_address_that_no_service_has_is_silent(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s, lab.A2);
        await lab.RemoveAsync(service);
        foreach (var from in (LabHost[])[lab.A1, lab.NodeA])
        {
            await Expect.SilentAsync(from, service.EndPoint(ipv6));
        }
    }

    [Theory, EachWay]
    public async Task A_service_refuses_while_it_has_no_backend_and_answers_again_afterwards(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort }, lab.B1);
        for (var round = 0; round < 2; round++)
        {
            await Expect.AnswersAsync(lab.A1, service.EndPoint(ipv6), "b1", null);
            await Expect.AnswersAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6), "b1", null);
            await lab.SetBackendsAsync(service);
            await Expect.RefusesAsync(lab.A1, service.EndPoint(ipv6));
            await Expect.RefusesAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6));
            await lab.SetBackendsAsync(service, lab.B1);
        }
    }

    private static async Task RefusesEverybodyAsync(ServiceLab lab, LabService service, bool ipv6)
    {
        foreach (var target in (IPEndPoint[])[service.EndPoint(ipv6), service.NodePortOf(lab.NodeA, ipv6), service.LoadBalancer(ipv6), service.ExternalIP(ipv6)])
        {
            await Expect.RefusesAsync(lab.A1, target);
            await Expect.RefusesAsync(lab.NodeA, target);
            if (!target.Equals(service.EndPoint(ipv6)))
            {
                await Expect.RefusesAsync(lab.Outside, target);
            }
        }

        await Expect.RefusesAsync(lab.A1, service.NodePortOf(lab.NodeB, ipv6));
        await Expect.RefusesAsync(lab.NodeA, service.NodePortOf(lab.NodeB, ipv6));
    }
}
