using System.Net;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>hostPorts, which the runtime hands to the CNI plugin.</summary>
public sealed class HostPortTests(ServiceLabs labs) : ServiceTests(labs)
{
    private const int Port = 9443;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Theory, EachRouting]
    public async Task Pods_with_one_port_on_different_addresses_and_protocols_do_not_conflict(string routing)
    {
        var lab = await LabAsync(routing);
        var node = lab.NodeA;
        await using var localhost = await AddAsync(lab, node, "localhost", new LabHostPort(Port, "TCP", IPAddress.Loopback));
        await using var tcp = await AddAsync(lab, node, "tcp", new LabHostPort(Port, "TCP", node.IPv4));
        await using var udp = await AddAsync(lab, node, "udp", new LabHostPort(Port, "UDP", node.IPv4));
        var (own, loopback) = (new IPEndPoint(node.IPv4, Port), new IPEndPoint(IPAddress.Loopback, Port));
        await ServedAsync(node, own);
        await Wait.UntilAsync("UDP is served", Soon, async () => (await node.UdpAsync(own)).Server == "udp");

        // Bound to the node's address as conformance's `curl --interface`.
        Assert.Equal("localhost", (await node.TcpAsync(loopback, new IPEndPoint(node.IPv4, 0))).Server);
        Assert.Equal("localhost", (await node.TcpAsync(loopback)).Server);
        Assert.Equal("tcp", (await node.TcpAsync(own, new IPEndPoint(node.IPv4, 0))).Server);
        Assert.Equal("udp", (await node.UdpAsync(own, source: new IPEndPoint(node.IPv4, 0))).Server);
        foreach (var from in (LabHost[])[lab.Outside, lab.A1, lab.B1, lab.NodeB])
        {
            Assert.Equal("tcp", (await from.TcpAsync(own)).Server);
            Assert.Equal("udp", (await from.UdpAsync(own)).Server);
        }

        // Nobody asked for the node's other addresses.
        await Expect.RefusesAsync(lab.Outside, new IPEndPoint(node.SecondIPv4, Port));
        await Expect.RefusesAsync(lab.Outside, new IPEndPoint(node.IPv6, Port));
    }

    [Theory, EachWay]
    public async Task A_hostPort_without_an_address_is_served_at_all_of_the_node(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var node = lab.NodeA;
        await using var pod = await AddAsync(lab, node, "everywhere", new LabHostPort(Port, "TCP"), new LabHostPort(Port, "UDP"));
        var target = new IPEndPoint(node.Address(ipv6), Port);
        await ServedAsync(node, target);
        await Expect.AnswersAsync(lab.Outside, target, "everywhere", lab.Outside.Address(ipv6));
        await Expect.AnswersAsync(lab.Outside, new IPEndPoint(node.SecondAddress(ipv6), Port), "everywhere", lab.Outside.Address(ipv6));
        await Expect.AnswersAsync(lab.A1, target, "everywhere", lab.A1.Address(ipv6));
        await Expect.AnswersAsync(lab.B1, target, "everywhere", lab.B1.Address(ipv6));
        await Expect.AnswersAsync(lab.NodeA, target, "everywhere", lab.NodeA.Address(ipv6));
        await Expect.AnswersAsync(lab.NodeB, target, "everywhere", lab.NodeB.Address(ipv6));
        await Expect.AnswersAsync(pod.Pod, target, "everywhere", null);
        if (!ipv6)
        {
            await Expect.AnswersAsync(lab.NodeA, new IPEndPoint(IPAddress.Loopback, Port), "everywhere", lab.NodeA.IPv4);
        }

        // It is a port of this node only.
        await Expect.RefusesAsync(lab.Outside, new IPEndPoint(lab.NodeB.Address(ipv6), Port));
    }

    [Theory, EachWay]
    public async Task A_hostPort_goes_with_its_pod_and_comes_with_the_next(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var target = new IPEndPoint(lab.NodeA.Address(ipv6), Port);
        foreach (var name in (string[])["first", "second"])
        {
            await using (await AddAsync(lab, lab.NodeA, name, new LabHostPort(Port, "TCP"), new LabHostPort(Port, "UDP")))
            {
                await Wait.UntilAsync($"{name} serves the port", Soon, async () => (await lab.Outside.TcpAsync(target)).Server == name);
                await Expect.AnswersAsync(lab.Outside, target, name, lab.Outside.Address(ipv6));
            }

            await Wait.UntilAsync(
                "the port is the node's again", Soon, async () => await lab.Outside.TcpErrorAsync(target) == System.Net.Sockets.SocketError.ConnectionRefused);
            await Expect.RefusesAsync(lab.NodeA, target);
        }
    }

    private static async Task<OwnedPod> AddAsync(ServiceLab lab, LabNode node, string name, params LabHostPort[] ports) =>
        new(lab, await lab.Cluster.AddPodAsync(node, name, ports));

    private static Task<TimeSpan> ServedAsync(LabNode node, IPEndPoint target) =>
        Wait.UntilAsync($"{target} is served", Soon, async () => await node.TcpErrorAsync(target, TimeSpan.FromMilliseconds(200)) is null);

    private sealed record OwnedPod(ServiceLab Lab, LabPod Pod) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Lab.Cluster.RemovePodAsync(Pod);
    }
}
