using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>Reads addresses and node ports of what was deployed, and of the cluster's own services.</summary>
internal sealed class TopologyReader(RawClient client)
{
    public async Task<TestTopology> ReadAsync(
        ConnectivityObjects objects, IReadOnlyList<string> nodes, IReadOnlyList<Pod> servers, CancellationToken cancellationToken)
    {
        KubeList<Service> services = await client.ListAsync(
            KubeResources.Services, new KubeQuery { Namespace = objects.NamespaceName }, cancellationToken).ConfigureAwait(false);
        Service? api = await FindAsync("default", "kubernetes", cancellationToken).ConfigureAwait(false);
        Service? dns = await FindAsync("kube-system", "kube-dns", cancellationToken).ConfigureAwait(false);
        TestPod[] pods = [.. servers.Select(p => new TestPod(p.Metadata.Name, p.Spec.NodeName ?? "", p.Spec.HostNetwork, p.Status.Addresses))];
        return new TestTopology
        {
            Namespace = objects.NamespaceName,
            Nodes = nodes,
            Pods = [.. nodes.Select((_, i) => pods.Single(p => p.Name == ConnectivityObjects.Server(i, host: false)))],
            Hosts = [.. nodes.Select((_, i) => pods.Single(p => p.Name == ConnectivityObjects.Server(i, host: true)))],
            HostPort = objects.HostPort,
            Services = services.Items.ToDictionary(
                s => s.Metadata.Name, s => new TestService(s.Metadata.Name, s.Spec.Addresses, NodePort(s, "TCP"), NodePort(s, "UDP"))),
            ApiAddresses = api?.Spec.Addresses ?? [],
            ApiPort = api?.Spec.Ports is [var first, ..] ? first.Port : 443,
            DnsAddresses = dns?.Spec.Addresses ?? [],
        };
    }

    private static int NodePort(Service service, string protocol) => service.Spec.Ports.FirstOrDefault(p => p.Protocol == protocol)?.NodePort ?? 0;

    private async Task<Service?> FindAsync(string ns, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync(KubeResources.Services, ns, name, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeException e) when (e.Reason == KubeErrorReason.NotFound)
        {
            return null;
        }
    }
}
