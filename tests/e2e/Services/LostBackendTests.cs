using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>
/// Flows whose backend is gone. Pain: UDP (DNS, syslog, QUIC) keeps going to a dead backend, for hours, above all when a service had no backend
/// for a while; TCP hangs on a dead backend until the client's own timeout.
/// </summary>
public sealed class LostBackendTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachWay]
    public async Task A_UDP_flow_goes_on_with_another_backend_at_once(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(NodePort, lab.A2);
        var flows = await OpenAsync(lab, service, ipv6, SocketType.Dgram);
        foreach (var next in (LabBackend[])[lab.B1, lab.A2, lab.HostB, lab.B2])
        {
            await lab.SetBackendsAsync(service, next);
            await AllAnsweredByAsync(flows, next.Name);
        }
    }

    [Theory, EachWay]
    public async Task A_UDP_flow_is_refused_while_there_is_no_backend_and_goes_on_with_the_next(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(NodePort, lab.A2);
        var flows = await OpenAsync(lab, service, ipv6, SocketType.Dgram);
        foreach (var next in (LabBackend[])[lab.B1, lab.A2])
        {
            await lab.SetBackendsAsync(service);
            foreach (var flow in flows)
            {
                Assert.Equal((flow.ToString(), SocketError.ConnectionRefused), (flow.ToString(), await flow.ErrorAsync()));
            }

            await lab.SetBackendsAsync(service, next);
            await AllAnsweredByAsync(flows, next.Name);
        }
    }

    [Theory, EachWay]
    public async Task A_UDP_flow_leaves_a_backend_that_serves_no_more_and_a_connection_stays(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(NodePort, lab.A2);
        var datagrams = await OpenAsync(lab, service, ipv6, SocketType.Dgram);
        var connections = await OpenAsync(lab, service, ipv6, SocketType.Stream);
        await lab.SetBackendsAsync(service, lab.A2.Backend.Unready, lab.B1);
        await AllAnsweredByAsync(datagrams, "b1");
        await AllAnsweredByAsync(connections, "a2");
    }

    [Theory, EachWay]
    public async Task Flows_stay_with_a_backend_that_is_terminating_and_new_ones_go_elsewhere(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(NodePort, lab.A2);
        var datagrams = await OpenAsync(lab, service, ipv6, SocketType.Dgram);
        var connections = await OpenAsync(lab, service, ipv6, SocketType.Stream);
        await lab.SetBackendsAsync(service, lab.A2.Backend.Terminating, lab.B1);
        await AllAnsweredByAsync(datagrams, "a2");
        await AllAnsweredByAsync(connections, "a2");
        Assert.Equal(["b1"], await Expect.ServersAsync(lab.A1, service.EndPoint(ipv6)));
        Assert.Equal(["b1"], await Expect.ServersAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6)));
    }

    [Theory, EachWay]
    public async Task A_connection_to_a_backend_that_was_removed_is_reset(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        foreach (var backend in (LabBackend[])[lab.A2, lab.B1])
        {
            var service = await lab.ServeAsync(NodePort, backend);
            var flows = await OpenAsync(lab, service, ipv6, SocketType.Stream);
            await lab.SetBackendsAsync(service, lab.B2);
            foreach (var flow in flows)
            {
                var clock = Stopwatch.StartNew();
                Assert.Equal((flow.ToString(), SocketError.ConnectionReset), (flow.ToString(), await flow.ErrorAsync()));
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"{flow}: reset after {clock.Elapsed}");
            }
        }
    }

    private static LabService NodePort(LabService service) => service with { Type = LabServiceType.NodePort };

    /// <summary>One flow of each kind of client, each asked once.</summary>
    private async Task<IReadOnlyList<LabFlow>> OpenAsync(ServiceLab lab, LabService service, bool ipv6, SocketType type)
    {
        List<(LabHost From, IPEndPoint Target)> ways =
        [
            (lab.A1, service.EndPoint(ipv6)),
            (lab.NodeA, service.EndPoint(ipv6)),
            (lab.A1, service.NodePortOf(lab.NodeA, ipv6)),
            (lab.NodeA, service.NodePortOf(lab.NodeA, ipv6)),
            (lab.Outside, service.NodePortOf(lab.NodeA, ipv6)),
            (lab.Outside, service.NodePortOf(lab.NodeC, ipv6)),
        ];
        if (!ipv6)
        {
            ways.Add((lab.NodeA, service.NodePortAt(IPAddress.Loopback)));
        }

        var flows = new List<LabFlow>();
        foreach (var (from, target) in ways)
        {
            var flow = Own(await LabFlow.OpenAsync(from, target, type));
            await flow.AskAsync();
            flows.Add(flow);
        }

        return flows;
    }

    private static async Task AllAnsweredByAsync(IReadOnlyList<LabFlow> flows, string server)
    {
        foreach (var flow in flows)
        {
            Assert.Equal((flow.ToString(), server), (flow.ToString(), (await flow.AskAsync()).Server));
        }
    }
}
