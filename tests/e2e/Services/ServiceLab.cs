using System.Net;
using System.Net.Sockets;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Three nodes, each with a client pod; backends are on A and B, none is on C. Clients outside are on the nodes' LAN.</summary>
public sealed class ServiceLab : IAsyncDisposable
{
    /// <summary>Of the backends on the host network.</summary>
    private const int HostNetworkPort = 18080;
    private readonly List<LabService> _services = [];
    private int _count;

    private ServiceLab(LabCluster cluster) => Cluster = cluster;

    public LabCluster Cluster { get; }

    public LabNode NodeA => Cluster.Nodes[0];

    public LabNode NodeB => Cluster.Nodes[1];

    public LabNode NodeC => Cluster.Nodes[2];

    public LabOutside Outside => Cluster.Outside;

    /// <summary>A client.</summary>
    public LabPod A1 { get; private set; } = null!;

    /// <summary>A backend.</summary>
    public LabPod A2 { get; private set; } = null!;

    /// <summary>A backend.</summary>
    public LabPod B1 { get; private set; } = null!;

    /// <summary>A backend.</summary>
    public LabPod B2 { get; private set; } = null!;

    /// <summary>A client.</summary>
    public LabPod C1 { get; private set; } = null!;

    /// <summary>A backend that is a process on node A.</summary>
    public LabBackend HostA { get; private set; } = null!;

    /// <summary>A backend that is a process on node B.</summary>
    public LabBackend HostB { get; private set; } = null!;

    public static async Task<ServiceLab> CreateAsync(string routing, params string[] agentArguments)
    {
        var lab = new ServiceLab(await LabCluster.CreateAsync(new LabOptions { Nodes = 3, Routing = routing, AgentArguments = agentArguments }));
        try
        {
            await lab.PopulateAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a service as specified, with these backends, and returns when it is in force.</summary>
    public async Task<LabService> ServeAsync(Func<LabService, LabService> specification, params IReadOnlyCollection<LabBackend> backends)
    {
        var service = specification(Cluster.NewService($"service-{++_count}"));
        _services.Add(service);
        Cluster.Apply(service);
        Cluster.SetBackends(service, backends);
        await SettleAsync(service);
        return service;
    }

    /// <summary>Changes the service, and returns when the change is in force.</summary>
    public async Task<LabService> ChangeAsync(LabService service)
    {
        Cluster.Apply(service);
        await SettleAsync(service);
        return service;
    }

    /// <summary>Changes the backends, and returns when the change is in force.</summary>
    public async Task SetBackendsAsync(LabService service, params IReadOnlyCollection<LabBackend> backends)
    {
        Cluster.SetBackends(service, backends);
        await Cluster.SettleAsync();
    }

    public async Task RemoveAsync(LabService service)
    {
        Cluster.RemoveService(service);
        _services.RemoveAll(s => s.Name == service.Name);
        await Cluster.SettleAsync();
    }

    public void RemoveServices()
    {
        foreach (var service in _services)
        {
            Cluster.RemoveService(service);
        }

        _services.Clear();
    }

    /// <summary>The agents' last lines, for messages of failed assertions.</summary>
    public string Explain() => string.Join("\n", Cluster.Nodes.Select(n => $"--- {n.Name}:\n{n.LogTail()}"));

    public async ValueTask DisposeAsync() => await Cluster.DisposeAsync();

    private async Task PopulateAsync()
    {
        A1 = await Cluster.AddPodAsync(NodeA, "a1");
        A2 = await Cluster.AddPodAsync(NodeA, "a2");
        B1 = await Cluster.AddPodAsync(NodeB, "b1");
        B2 = await Cluster.AddPodAsync(NodeB, "b2");
        C1 = await Cluster.AddPodAsync(NodeC, "c1");
        HostA = await NodeA.ServeOnHostNetworkAsync(HostNetworkPort);
        HostB = await NodeB.ServeOnHostNetworkAsync(HostNetworkPort);
        foreach (var node in Cluster.Nodes)
        {
            node.AddSecondAddresses();
        }
    }

    private async Task SettleAsync(LabService service)
    {
        await Cluster.SettleAsync();
        var addresses = (IEnumerable<IPAddress>)service.ExternalIPs;
        if (service.Type == LabServiceType.LoadBalancer && service.LoadBalancerIPMode != "Proxy")
        {
            addresses = addresses.Concat(service.LoadBalancerIPs);
        }

        foreach (var address in addresses)
        {
            await AwaitRouteAsync(address);
        }
    }

    /// <summary>Processes reach a service's external address once its route has followed the frontend.</summary>
    private async Task AwaitRouteAsync(IPAddress address)
    {
        foreach (var node in Cluster.Nodes)
        {
            using var netlink = Rtnetlink.Open(node.Namespace);
            var own = netlink.Links.Get("nw_host").Index;
            var bits = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
            await Wait.UntilAsync(
                $"{node.Name}: {address} has a route",
                Cluster.Options.ReadyTimeout,
                () => netlink.Routes.List(new RouteFilter { LinkIndex = own }).Any(r => r.Destination.Equals(new IPNetwork(address, bits))));
        }
    }
}
