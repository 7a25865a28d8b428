using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Services that change their type, their labels or their slices while they are used.</summary>
public sealed class ServiceChangeTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachRouting]
    public async Task A_service_changes_its_type_in_every_direction(string routing)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s, lab.B1);
        LabServiceType[] turns =
        [
            LabServiceType.ExternalName, LabServiceType.ClusterIP, LabServiceType.NodePort, LabServiceType.ExternalName,
            LabServiceType.NodePort, LabServiceType.ClusterIP, LabServiceType.LoadBalancer, LabServiceType.ExternalName,
        ];
        foreach (var type in turns)
        {
            service = await lab.ChangeAsync(service with { Type = type });
            foreach (var ipv6 in (bool[])[false, true])
            {
                if (type == LabServiceType.ExternalName)
                {
                    await Expect.SilentAsync(lab.A1, service.EndPoint(ipv6));
                }
                else
                {
                    await Expect.AnswersAsync(lab.A1, service.EndPoint(ipv6), "b1", lab.A1.Address(ipv6));
                }

                if (service.HasNodePorts)
                {
                    await Expect.AnswersAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6), "b1", lab.NodeA.Address(ipv6));
                }
                else
                {
                    await Expect.RefusesAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6));
                }
            }
        }
    }

    [Theory, EachRouting]
    public async Task Labels_take_a_service_away_and_bring_it_back(string routing)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s, lab.B1);
        foreach (var (label, value) in ((string, string)[])[("service.kubernetes.io/service-proxy-name", "another"), ("service.kubernetes.io/headless", "")])
        {
            await lab.ChangeAsync(service with { Labels = new Dictionary<string, string> { [label] = value } });
            await Expect.SilentAsync(lab.A1, service.EndPoint(ipv6: false));
            await Expect.SilentAsync(lab.NodeA, service.EndPoint(ipv6: true));
            await lab.ChangeAsync(service);
            await Expect.AnswersAsync(lab.A1, service.EndPoint(ipv6: false), "b1", lab.A1.IPv4);
            await Expect.AnswersAsync(lab.NodeA, service.EndPoint(ipv6: true), "b1", lab.NodeA.IPv6);
        }
    }

    [Theory, EachRouting]
    public async Task Backends_of_several_slices_are_one_list(string routing)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s);
        lab.Cluster.SetSlices(service, [lab.A2], [lab.B1], [lab.HostB]);
        await lab.Cluster.SettleAsync();
        Assert.Equal(["a2", "b1", "node-b"], await Expect.ServersAsync(lab.A1, service.EndPoint(ipv6: true), connections: 60));

        // A pod that moves from one slice to the next is in both for a moment: what says that it is not terminating counts.
        lab.Cluster.SetSlices(service, [lab.A2.Backend.Terminating, lab.B1], [lab.A2]);
        await lab.Cluster.SettleAsync();
        Assert.Equal(["a2", "b1"], await Expect.ServersAsync(lab.A1, service.EndPoint(ipv6: true), connections: 40));

        lab.Cluster.SetSlices(service, [lab.B1]);
        await lab.Cluster.SettleAsync();
        Assert.Equal(["b1"], await Expect.ServersAsync(lab.A1, service.EndPoint(ipv6: true)));
    }

    [Theory, EachRouting]
    public async Task Conditions_that_are_not_told_mean_ready(string routing)
    {
        var lab = await LabAsync(routing);
        var untold = lab.B1.Backend with { IsReady = null, IsServing = null, IsTerminating = null };
        var service = await lab.ServeAsync(s => s, untold, lab.A2.Backend.Unready);
        Assert.Equal(["b1"], await Expect.ServersAsync(lab.A1, service.EndPoint(ipv6: false)));
    }

    [Theory, EachRouting]
    public async Task A_service_that_was_made_anew_works_at_its_new_address(string routing)
    {
        var lab = await LabAsync(routing);
        var first = await lab.ServeAsync(s => s with { Name = "recreated" }, lab.A2);
        await Expect.AnswersAsync(lab.A1, first.EndPoint(ipv6: false), "a2", null);
        await lab.RemoveAsync(first);
        var second = await lab.ServeAsync(s => s with { Name = "recreated" }, lab.B1);
        await Expect.AnswersAsync(lab.A1, second.EndPoint(ipv6: false), "b1", null);
        await Expect.SilentAsync(lab.A1, first.EndPoint(ipv6: false));
    }
}
