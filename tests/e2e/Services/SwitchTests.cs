using System.Net;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>What can be switched off, is off.</summary>
public sealed class SwitchTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Fact]
    public async Task External_IPs_and_node_ports_on_localhost_can_be_switched_off_and_on()
    {
        var lab = await LabAsync("direct");
        var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort, ExternalIPs = s.OwnExternalIPs }, lab.B1);
        await Expect.AnswersAsync(lab.NodeA, service.NodePortAt(IPAddress.Loopback), "b1", null);
        await lab.Cluster.RestartAgentsAsync("direct", "--external-ips", "false", "--localhost-node-ports", "false");
        try
        {
            await lab.Cluster.SettleAsync();
            await Expect.RefusesAsync(lab.NodeA, service.NodePortAt(IPAddress.Loopback));
            foreach (var ipv6 in (bool[])[false, true])
            {
                foreach (var from in (LabHost[])[lab.A1, lab.NodeA])
                {
                    await Wait.UntilAsync(
                        $"{from.Name} does not reach the external IP",
                        TimeSpan.FromSeconds(5),
                        async () => await from.TcpErrorAsync(service.ExternalIP(ipv6), TimeSpan.FromMilliseconds(500)) is not null);
                }

                await Expect.AnswersAsync(lab.A1, service.EndPoint(ipv6), "b1", null);
                await Expect.AnswersAsync(lab.NodeA, service.NodePortOf(lab.NodeA, ipv6), "b1", lab.NodeA.Address(ipv6));
            }
        }
        finally
        {
            await lab.Cluster.RestartAgentsAsync("direct");
        }

        await lab.ChangeAsync(service);
        await Expect.AnswersAsync(lab.NodeA, service.NodePortAt(IPAddress.Loopback), "b1", null);
        await Expect.AnswersAsync(lab.NodeA, service.ExternalIP(ipv6: false), "b1", null);
    }
}
