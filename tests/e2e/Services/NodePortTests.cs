using System.Net;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Every node serves every node port, at each of its addresses, for everybody; see <see cref="Paths"/> for who is seen.</summary>
public sealed class NodePortTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachWay]
    public async Task A_node_port_leads_to_a_pod_from_everywhere_over_every_node(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(NodePort, lab.A2);
        await Paths.AllAnswerAsync(lab, service, lab.A2, ipv6);
    }

    [Theory, EachWay]
    public async Task A_node_port_leads_to_a_process_of_the_host_network_from_everywhere_over_every_node(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(NodePort, lab.HostB);
        await Paths.AllAnswerAsync(lab, service, lab.HostB, ipv6);
    }

    [Theory, EachWay]
    public async Task A_node_port_is_served_at_every_address_of_the_node(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        foreach (var backend in (LabBackend[])[lab.A2, lab.B1, lab.HostA])
        {
            var service = await lab.ServeAsync(NodePort, backend);
            var target = service.NodePortAt(lab.NodeA.SecondAddress(ipv6));
            var isLocal = backend.Node == lab.NodeA.Name;
            await Expect.AnswersAsync(lab.Outside, target, backend.Name, isLocal ? lab.Outside.Address(ipv6) : lab.NodeA.Address(ipv6));
            await Expect.AnswersAsync(lab.A1, target, backend.Name, lab.A1.Address(ipv6));
            // A process sees itself at another address than a pod sees it.
            await Expect.AnswersAsync(lab.NodeA, target, backend.Name, backend == lab.HostA ? null : lab.NodeA.Address(ipv6));
        }
    }

    [Theory, EachRouting]
    public async Task A_node_port_is_served_on_localhost_for_the_nodes_own_processes(string routing)
    {
        var lab = await LabAsync(routing);
        foreach (var backend in (LabBackend[])[lab.A2, lab.B1, lab.HostA, lab.HostB])
        {
            var service = await lab.ServeAsync(NodePort, backend);
            await Expect.AnswersAsync(lab.NodeA, service.NodePortAt(IPAddress.Loopback), backend.Name, backend == lab.HostA ? null : lab.NodeA.IPv4);
        }
    }

    [Theory, EachWay]
    public async Task A_node_port_can_change_its_protocol(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => NodePort(s) with { PortNames = ["tcp"] }, lab.A2);
        foreach (var node in (LabNode[])[lab.NodeA, lab.NodeB])
        {
            var target = service.NodePortOf(node, ipv6);
            Assert.Equal("a2", (await lab.Outside.TcpAsync(target)).Server);
            Assert.Equal(System.Net.Sockets.SocketError.ConnectionRefused, await lab.Outside.UdpErrorAsync(target));
        }

        service = service with { PortNames = ["udp"] };
        lab.Cluster.SetBackends(service, lab.A2);
        await lab.ChangeAsync(service);
        foreach (var node in (LabNode[])[lab.NodeA, lab.NodeB])
        {
            var target = service.NodePortOf(node, ipv6);
            Assert.Equal("a2", (await lab.Outside.UdpAsync(target)).Server);
            Assert.Equal(System.Net.Sockets.SocketError.ConnectionRefused, await lab.Outside.TcpErrorAsync(target));
        }
    }

    [Theory, EachWay]
    public async Task A_node_port_goes_with_its_service(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(NodePort, lab.A2);
        await Expect.AnswersAsync(lab.Outside, service.NodePortOf(lab.NodeB, ipv6), "a2", null);
        await lab.RemoveAsync(service);
        // The port is the node's again, which has nobody that listens.
        await Expect.RefusesAsync(lab.Outside, service.NodePortOf(lab.NodeB, ipv6));
        await Expect.RefusesAsync(lab.A1, service.NodePortOf(lab.NodeA, ipv6));
        await Expect.RefusesAsync(lab.NodeA, service.NodePortOf(lab.NodeA, ipv6));
    }

    [Theory, EachWay]
    public async Task A_node_port_spreads_over_the_backends_of_all_nodes(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(NodePort, lab.A2, lab.B1, lab.HostB);
        foreach (var from in (LabHost[])[lab.Outside, lab.A1, lab.NodeA])
        {
            // 60 at random over three: one is missing with a chance below 1e-10.
            Assert.Equal(["a2", "b1", "node-b"], await Expect.ServersAsync(from, service.NodePortOf(lab.NodeA, ipv6), connections: 60));
        }
    }

    private static LabService NodePort(LabService service) => service with { Type = LabServiceType.NodePort };
}
