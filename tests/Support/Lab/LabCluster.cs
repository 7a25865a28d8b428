using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Netweir.Netlink;

namespace Netweir.Support.Lab;

/// <summary>
/// A whole small cluster in network namespaces of this machine: nodes with real agents, pods connected by the real CNI plugin, an API
/// server, and a world outside. Needs root. Several can live side by side; nothing of one is left after it was disposed.
/// </summary>
public sealed class LabCluster : IAsyncDisposable
{
    /// <summary>Shorter than TCP waits before it repeats a SYN: a service that comes into force is seen at once.</summary>
    private static readonly TimeSpan Attempt = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<string, LabPod> _pods = new();
    private readonly List<LabNode> _nodes = [];
    private LabServices _services = null!;
    private LabBarrier _barrier = null!;
    private int _podNumber;
    private int _disposed;

    private LabCluster(LabOptions options, string name)
    {
        Options = options;
        Name = name;
        Routing = options.Routing;
        Directory = System.IO.Directory.CreateDirectory(LabName.Directory(name)).FullName;
        File.WriteAllText(Path.Combine(Directory, LabJanitor.OwnerFile), ProcessIdentity.Of(Environment.ProcessId).ToString());
    }

    public LabOptions Options { get; }

    /// <summary>Unique; begins the names of all that the lab makes.</summary>
    public string Name { get; }

    public string Directory { get; }

    public LabPrograms Programs { get; } = LabPrograms.Find();

    public LabLan Lan { get; private set; } = null!;

    /// <summary>Clients that are neither nodes nor pods.</summary>
    public LabOutside Outside { get; private set; } = null!;

    public ILabApi Api { get; private set; } = null!;

    public IReadOnlyList<LabNode> Nodes => _nodes;

    public IEnumerable<LabPod> Pods => _pods.Values;

    /// <summary>The agents' --routing, as started last.</summary>
    public string Routing { get; private set; }

    public string KubeConfig => Path.Combine(Directory, "kubeconfig");

    /// <summary>Removes leftovers of dead labs, then builds one. Returns when every agent is ready.</summary>
    public static async Task<LabCluster> CreateAsync(LabOptions? options = null)
    {
        LabJanitor.RemoveDeadLabs();
        var lab = new LabCluster(options ?? new LabOptions(), LabName.New());
        LabSignals.Add(lab.Name);
        try
        {
            await lab.BuildAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates the pod's namespace, connects it, starts its servers, and tells the API.</summary>
    public Task<LabPod> AddPodAsync(LabNode node, string name, params (string Name, string Value)[] labels) => AddPodAsync(node, name, [], labels);

    /// <summary>The same for a pod with hostPorts.</summary>
    public async Task<LabPod> AddPodAsync(LabNode node, string name, IReadOnlyList<LabHostPort> hostPorts, params (string Name, string Value)[] labels)
    {
        ArgumentNullException.ThrowIfNull(node);
        var pod = CreatePod(node, name, hostPorts, labels);
        try
        {
            pod.Addresses = node.Runtime.Add(pod.Sandbox);
            await pod.ServeAsync();
            Api.Apply(ClusterObjects.Pod(pod));
        }
        catch
        {
            await RemovePodAsync(pod);
            throw;
        }

        return pod;
    }

    /// <summary>Stops its servers, disconnects it, removes its namespace and its object. Slices are the caller's to change, before.</summary>
    public async Task RemovePodAsync(LabPod pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        _pods.TryRemove(pod.Name, out _);
        pod.Node.Runtime.Delete(pod.Sandbox);
        await pod.DisposeAsync();
        NetworkNamespace.Delete(Path.GetFileName(pod.Sandbox.NamespacePath));
        Api.Delete("pods", ClusterObjects.Namespace, pod.Name);
    }

    /// <summary>A service that the API does not know yet, with addresses and node ports of its own.</summary>
    public LabService NewService(string name) => _services.New(name);

    /// <summary>A service of type ClusterIP and its slices.</summary>
    public LabService AddService(string name, params IReadOnlyCollection<LabBackend> backends)
    {
        var service = NewService(name);
        Apply(service);
        SetBackends(service, backends);
        return service;
    }

    /// <summary>Creates the service or changes it; its slices stay.</summary>
    public void Apply(LabService service) => _services.Apply(service);

    /// <summary>What the slice controller writes: these backends, in one slice for each family.</summary>
    public void SetBackends(LabService service, params IReadOnlyCollection<LabBackend> backends) => _services.SetSlices(service, [backends]);

    /// <summary>The same backends in several slices.</summary>
    public void SetSlices(LabService service, params IEnumerable<IReadOnlyCollection<LabBackend>> slices) => _services.SetSlices(service, slices);

    /// <summary>Until each running agent has applied all services and slices that the API holds now.</summary>
    public Task SettleAsync() => _barrier.PassAsync(_nodes, Options.ReadyTimeout);

    /// <summary>Until the service behaves so from every node, over both families. What was applied before it is in force then, too.</summary>
    public async Task AwaitServiceAsync(LabService service, Func<LabHost, IPEndPoint, Task<bool>> behaves)
    {
        ArgumentNullException.ThrowIfNull(service);
        foreach (var node in _nodes)
        {
            foreach (var target in (IPEndPoint[])[service.EndPoint(ipv6: false), service.EndPoint(ipv6: true)])
            {
                await Wait.UntilAsync($"{node.Name}: {service.Name} at {target} is in force", Options.ReadyTimeout, () => behaves(node, target));
            }
        }
    }

    /// <summary>For <see cref="AwaitServiceAsync"/>: a service without backends.</summary>
    public static async Task<bool> RefusedAsync(LabHost host, IPEndPoint target) => await host.TcpErrorAsync(target, Attempt) == SocketError.ConnectionRefused;

    /// <summary>For <see cref="AwaitServiceAsync"/>: a service with backends.</summary>
    public static async Task<bool> AnsweredAsync(LabHost host, IPEndPoint target) => await host.TcpErrorAsync(target, Attempt) is null;

    public void RemoveService(LabService service) => _services.Remove(service);

    /// <summary>A namespace for whatever else is to go with the lab. <paramref name="part"/> is no name of a node or pod.</summary>
    public NetworkNamespace CreateNamespace(string part) => NetworkNamespace.Create(LabName.Namespace(Name, part));

    /// <summary>Starts the agents that do not run, and waits for all.</summary>
    public async Task StartAgentsAsync(string? routing = null, params string[] arguments)
    {
        Routing = routing ?? Routing;
        foreach (var node in _nodes.Where(n => !n.AgentIsRunning))
        {
            node.StartAgent(Routing, arguments);
        }

        await Task.WhenAll(_nodes.Select(n => n.AwaitReadyAsync(Options.ReadyTimeout)));
    }

    /// <summary>Stops every agent and starts it with another routing or further arguments, while the datapath goes on.</summary>
    public async Task RestartAgentsAsync(string routing, params string[] arguments)
    {
        foreach (var node in _nodes)
        {
            node.StopAgent();
        }

        await StartAgentsAsync(routing, arguments);
    }

    public async ValueTask DisposeAsync()
    {
        await LabSignals.HoldWhileEndingAsync();
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            foreach (var host in Hosts())
            {
                await host.DisposeAsync();
            }

            Api?.Dispose();
        }
        finally
        {
            LabJanitor.Remove(Name);
            LabSignals.Forget(Name);
        }
    }

    private IEnumerable<LabHost> Hosts() => [.. _pods.Values, .. _nodes, .. new LabHost?[] { Outside, Lan }.OfType<LabHost>()];

    private async Task BuildAsync()
    {
        Lan = await LabLan.CreateAsync(Name);
        Outside = LabOutside.Create(Name, Lan);
        Api = await StartApiAsync();
        _services = new LabServices(Api);
        _barrier = new LabBarrier(_services);
        Api.WriteKubeConfig(KubeConfig);
        Api.Apply(ClusterObjects.ServiceCidr());
        for (var number = 1; number <= Options.Nodes + Options.RoutedNodes; number++)
        {
            var node = LabNode.Create(this, number, Math.Max(0, number - Options.Nodes));
            _nodes.Add(node);
            Api.Apply(ClusterObjects.Node(node));
        }

        Outside.RouteVia(_nodes[0]);
        if (Options.StartAgents)
        {
            await StartAgentsAsync();
        }
    }

    private async Task<ILabApi> StartApiAsync() =>
        Options.Api is { } start ? await start(Lan, Directory)
        : Environment.GetEnvironmentVariable(KubeApiServer.FolderVariable) is { Length: > 0 } folder && !Options.OwnApiServer
            ? await KubeApiServer.StartAsync(Lan, Directory, folder)
            : new TestLabApi(Lan);

    private LabPod CreatePod(LabNode node, string name, IReadOnlyList<LabHostPort> hostPorts, (string Name, string Value)[] labels)
    {
        var ns = LabName.Namespace(Name, $"p{Interlocked.Increment(ref _podNumber)}");
        var sandbox = new PodSandbox
        {
            PodNamespace = ClusterObjects.Namespace,
            PodName = name,
            NamespacePath = NetworkNamespace.NamedPath(ns),
            HostPorts = hostPorts,
        };
        var pod = new LabPod(node, sandbox, NetworkNamespace.Create(ns), labels.ToDictionary(l => l.Name, l => l.Value));
        _pods[name] = pod;
        using var netlink = Rtnetlink.Open(pod.Namespace);
        netlink.Links.SetUp(netlink.Links.Get("lo").Index);
        return pod;
    }
}
