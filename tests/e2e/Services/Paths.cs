using System.Net;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>
/// Every way from a client by a node to a backend, and whom the backend sees. The client keeps its address where its packets come to the backend
/// from its own node, or where the node that it turned to has the backend; else it is seen as the node that it turned to, because
/// the answer must come back that way. Processes are their node's InternalIP.
/// </summary>
internal static class Paths
{
    public static async Task AllAnswerAsync(ServiceLab lab, LabService service, LabBackend backend, bool ipv6)
    {
        foreach (var (client, origin, address) in Clients(lab, ipv6))
        {
            foreach (var entry in lab.Cluster.Nodes)
            {
                var keeps = entry == origin || entry.Name == backend.Node;
                IPAddress? seenAs = keeps ? address : entry.Address(ipv6);
                if (client == entry && entry.Name == backend.Name)
                {
                    // A process that serves its own node sees an address that makes its answer come through the datapath.
                    seenAs = null;
                }

                await Expect.AnswersAsync(client, service.NodePortOf(entry, ipv6), backend.Name, seenAs);
            }
        }
    }

    private static IEnumerable<(LabHost Client, LabNode? Origin, IPAddress Address)> Clients(ServiceLab lab, bool ipv6)
    {
        yield return (lab.Outside, null, lab.Outside.Address(ipv6));
        foreach (var pod in (LabPod[])[lab.A1, lab.B2, lab.C1])
        {
            yield return (pod, pod.Node, pod.Address(ipv6));
        }

        foreach (var node in lab.Cluster.Nodes)
        {
            yield return (node, node, node.Address(ipv6));
        }
    }
}
