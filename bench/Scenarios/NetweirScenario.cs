using System.Globalization;
using System.Net;
using Netweir.Bench.Load;
using Netweir.Support.Lab;

namespace Netweir.Bench.Scenarios;

/// <summary>Two nodes with real agents, pods connected by the real plugin, and any number of services.</summary>
/// <param name="routing">The agents' --routing.</param>
/// <param name="services">How many services the API has, those measured included.</param>
/// <param name="everyPath">False: only local pods, and the service with a local and a remote backend.</param>
/// <param name="bpfObject">The compiled datapath; null: as the lab finds it.</param>
public sealed class NetweirScenario(string routing, int services, bool everyPath, string? bpfObject) : IScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private readonly List<BenchPath> _paths = [];
    private TwoNodes? _nodes;
    private LabPod _client = null!;
    private LabPod _local = null!;
    private LabPod _remote = null!;

    public string Name => services == 1 ? $"netweir-{routing}" : $"netweir-{routing}-{Counts.Short(services)}";

    private TwoNodes Nodes => _nodes!;

    private string Suffix => services == 1 ? string.Empty : $", {Counts.Long(services)} services";

    public async Task<IReadOnlyList<BenchPath>> SetUpAsync()
    {
        _nodes = await TwoNodes.CreateAsync(new LabOptions { Routing = routing, ReadyTimeout = Patience });
        ServiceFill.Apply(Nodes.Lab.Api, services - 1);
        foreach (var node in Nodes.Lab.Nodes)
        {
            node.BpfObject = bpfObject ?? node.BpfObject;
        }

        Nodes.A.StartAgent(routing, [.. MapSizes(), "--uplink", "eth0", "--uplink", TwoNodes.Cable, "--uplink", TwoNodes.WorldCable]);
        Nodes.B.StartAgent(routing, [.. MapSizes(), "--uplink", "eth0", "--uplink", TwoNodes.Cable]);
        await Task.WhenAll(Nodes.A.AwaitReadyAsync(Patience), Nodes.B.AwaitReadyAsync(Patience));
        _client = await Nodes.Lab.AddPodAsync(Nodes.A, "client");
        _local = await Nodes.Lab.AddPodAsync(Nodes.A, "local");
        _remote = await Nodes.Lab.AddPodAsync(Nodes.B, "remote");
        AddPaths();
        await Nodes.Lab.SettleAsync();
        return _paths;
    }

    public ValueTask DisposeAsync() => _nodes?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>A service has two backends here: more than the default holds, from a certain number on.</summary>
    private string[] MapSizes() => services < 50_000
        ? []
        : ["--map-size", "nw_backends=524288", "--map-size", "nw_backend_refs=524288", "--map-size", "nw_services=262144"];

    private void AddPaths()
    {
        if (routing == "direct")
        {
            Pod("local", "local pods", _local, 9001, ipv6: false);
        }

        if (everyPath)
        {
            Pod("cross", "cross node", _remote, 9002, ipv6: false);
        }

        Service("service-local", "service, local backend", _local, 9011, only: "direct");
        Service("service-remote", "service, remote backend", _remote, 9012, only: null);
        if (everyPath && routing == "direct")
        {
            NodePort("nodeport", "NodePort from outside", _local, 9021);
            Add("masquerade", "pod to the world", _client.Namespace.Path, Nodes.World, new IPEndPoint(IPAddress.Parse(TwoNodes.WorldAddress), 9022), 9022);
            Pod("local-v6", "local pods, IPv6", _local, 9003, ipv6: true);
            Pod("cross-v6", "cross node, IPv6", _remote, 9004, ipv6: true);
        }
    }

    private void Pod(string name, string label, LabPod server, int port, bool ipv6) =>
        Add(name, label, _client.Namespace.Path, server.Namespace.Path, new IPEndPoint(server.Address(ipv6), port), port);

    private void Service(string name, string label, LabPod server, int port, string? only)
    {
        if (only is not null && only != routing)
        {
            return;
        }

        var service = Apply(name, server, port, LabServiceType.ClusterIP);
        Add(name, label, _client.Namespace.Path, server.Namespace.Path, service.EndPoint(ipv6: false), port);
        if (everyPath && routing == "direct")
        {
            Add($"{name}-v6", $"{label}, IPv6", _client.Namespace.Path, server.Namespace.Path, service.EndPoint(ipv6: true), port);
        }
    }

    private void NodePort(string name, string label, LabPod server, int port)
    {
        var service = Apply(name, server, port, LabServiceType.NodePort);
        Add(name, label, Nodes.World, server.Namespace.Path, service.NodePortOf(Nodes.A, ipv6: false), port);
    }

    private LabService Apply(string name, LabPod server, int port, LabServiceType type)
    {
        var service = Nodes.Lab.NewService(name) with { Type = type, PortNames = ["tcp", "udp"] };
        Nodes.Lab.Apply(service);
        Nodes.Lab.SetBackends(service, server.Backend with { Port = port });
        return service;
    }

    private void Add(string name, string label, string client, string server, IPEndPoint target, int port) => _paths.Add(new BenchPath
    {
        Name = $"{Name}/{name}",
        Label = $"Netweir: {label}{(routing == "direct" ? string.Empty : ", " + routing.ToUpper(CultureInfo.InvariantCulture))}{Suffix}",
        Client = client,
        Server = server,
        Target = target,
        ServerPort = port,
    });
}
