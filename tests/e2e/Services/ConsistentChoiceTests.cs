using System.Net;
using System.Net.Sockets;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>With a Maglev table every node sends a flow to the same backend.</summary>
public sealed class ConsistentChoiceTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachWay]
    public async Task A_flow_that_comes_to_another_node_stays_with_its_backend(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(
            s => s with
            {
                Type = LabServiceType.LoadBalancer,
                Annotations = new Dictionary<string, string> { ["netweir.io/lb-algorithm"] = "maglev" },
            },
            lab.A2, lab.B1, lab.B2, lab.HostA);
        var choices = new List<string>();
        foreach (var node in lab.Cluster.Nodes)
        {
            lab.Outside.RouteVia(node);
            var servers = new List<string>();
            for (var port = 40000; port < 40030; port++)
            {
                using var flow = await LabFlow.OpenAsync(
                    lab.Outside, service.LoadBalancer(ipv6), SocketType.Dgram, new IPEndPoint(lab.Outside.Address(ipv6), port));
                servers.Add((await flow.AskAsync()).Server);
            }

            Assert.True(servers.Distinct().Count() > 1, "one backend got all");
            choices.Add(string.Join(' ', servers));
        }

        lab.Outside.RouteVia(lab.NodeA);
        Assert.Single(choices.Distinct());
    }
}
