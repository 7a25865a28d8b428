using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Netweir.Controller.Services;
using Netweir.Kube;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>The running agent: everything made and wired in one place, in start-up order.</summary>
internal sealed class Agent : IDisposable
{
    private readonly IHost _host;
    private readonly Stack<IDisposable> _owned = new();
    private readonly List<BackgroundService> _loops = [];
    private readonly LedgerWriter _ledger;

    /// <summary>Checks, locks and listens; nothing of the node is changed before <see cref="RunAsync"/>.</summary>
    /// <exception cref="StartupException">This cannot run here.</exception>
    public Agent(AgentOptions options)
    {
        _ledger = new LedgerWriter(new Ledger(options.StateDir));
        // Before anything is made for an agent that may not run here.
        _owned.Push(NamespaceLock.Take());
        try
        {
            _owned.Push(Preflight.Run(options, _ledger));
            _host = Build(options);
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Until a signal, or until a loop fails: then its exception is thrown.</summary>
    public async Task RunAsync()
    {
        await _host.RunAsync().ConfigureAwait(false);
        foreach (var failure in _loops.Select(l => l.ExecuteTask).Where(t => t is { IsFaulted: true }))
        {
            await failure!.ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _host.Dispose();
        Release();
    }

    private IHost Build(AgentOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddMetrics();
        builder.Logging.AddSimpleConsole(o => (o.SingleLine, o.TimestampFormat, o.UseUtcTimestamp) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ ", true));
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddHostedService(services => new LoopStarter(_loops, services.GetRequiredService<IHostApplicationLifetime>()));
        var host = builder.Build();
        Wire(options, host.Services.GetRequiredService<IMeterFactory>(), host.Services.GetRequiredService<ILoggerFactory>());
        return host;
    }

    private void Wire(AgentOptions options, IMeterFactory meters, ILoggerFactory loggers)
    {
        var time = TimeProvider.System;
        var logger = loggers.CreateLogger("Netweir.Agent");
        var exporter = Own(new PrometheusExporter("Netweir."));
        var metrics = Own(new AgentMetrics(meters));
        var conditions = new Conditions();
        ConditionNames.Declare(conditions);
        var watch = new LoopWatch(time);
        var tampering = new TamperLog(metrics.ExternalChanges, logger);
        var pages = new HealthPages(conditions, watch, exporter);
        var server = Own(Preflight.Listen(options, pages, logger));
        var datapath = Own(new Datapath(options, metrics, tampering, _ledger));
        HostingLog.Starting(logger, options.NodeName, datapath.Features.Tcx, server.Address);

        Trigger node = Own(new Trigger()), services = Own(new Trigger());
        var cluster = new ClusterStore(options.NodeName, node);
        var serviceStore = new ServiceStore(options.NodeName, time, loggers.CreateLogger<ServiceStore>());
        serviceStore.Changed += services.Pull;
        var own = new OwnNode(options.NodeName);
        var lastGood = new ApiServerFile(options.StateDir);
        var client = Own(ApiClientFactory.Create(options, lastGood, Own(new KubeMetrics(meters)), logger));

        StageRunner Stages(string loop) => new(loop, conditions, metrics, logger);
        var recorder = Loop(new EventRecorder(client, options.NodeName, Own(new Trigger()), new EventMetrics(metrics.Meter), time, logger));
        var surfaces = Surfaces(options, meters, serviceStore, own, recorder, pages, Stages("surfaces"), time, logger);
        var external = new ExternalAddresses(node);
        var hostPorts = new HostPortSource(services);
        // The monitor before the first reading: then no change is missed.
        var monitor = Own(NetlinkMonitor.Open(MonitorGroups.All));
        var reconciler = new NodeReconciler(
            options, Own(Rtnetlink.Open()), cluster, external, new ApiServerAddresses(options, lastGood), datapath, Stages("node"), tampering, _ledger,
            logger);
        var api = Loop(new ApiWatches(client, cluster, serviceStore, own, lastGood, Stages("api")));
        Loop(new HealthService(server));
        Loop(new KernelMonitor(monitor, reconciler, options, node, metrics));
        Loop(new NodeLoop(reconciler, api, node, watch, metrics, time));
        Loop(new UpkeepLoop(reconciler, lastGood, new HeapUpkeep(serviceStore), Stages("upkeep"), node, Own(new Trigger()), watch, metrics, time));
        Loop(new AttachmentLoop(datapath, Own(Rtnetlink.Open()), Stages("attachments"), Own(new Trigger()), watch, metrics, time));
        var firewall = new KubeletFirewall(Own(NfTables.Open()), tampering, _ledger);
        Loop(new KubeletFirewallLoop(firewall, options, Stages("kubelet-firewall"), Own(new Trigger()), watch, metrics, time));
        Loop(new ForeignRulesLoop(
            Own(NfTablesRuleset.Open()), Own(Rtnetlink.Open()), options, new NodeEvents(recorder, own), Stages("foreign-rules"), Own(new Trigger()), watch, metrics,
            time));
        var hostPortReader = new HostPortReader(options, Own(Rtnetlink.Open()), hostPorts);
        Loop(new HostPortLoop(options, hostPortReader, Stages("host-ports"), Own(new Trigger()), watch, metrics, time));
        Loop(new ServicesLoop(
            datapath, serviceStore, api, hostPorts, external, surfaces, new ServiceOptions(options.ExternalIPs),
            loggers.CreateLogger<ServicesReconciler>(), Stages("services"), services, node, watch, metrics, time));
        var conntrack = Loop(new ConntrackLoop(datapath, Stages("conntrack"), Own(new Trigger()), watch, metrics, time));
        _ = new DatapathMetrics(metrics.Meter, datapath, conntrack, conditions);
    }

    /// <summary>What load balancers, probes and dashboards of kube-proxy find in its place.</summary>
    private ServiceSurfacing Surfaces(
        AgentOptions options, IMeterFactory meters, ServiceStore store, OwnNode own, IEventRecorder recorder, HealthPages pages, StageRunner stages,
        TimeProvider time, ILogger logger)
    {
        var health = new ProxyHealth(time);
        store.Changed += () => health.Queued(store.Synced);
        var metrics = Own(new KubeProxyMetrics(meters, health, store.ServiceChanges, store.EndpointChanges));
        var nodeEvents = new NodeEvents(recorder, own);
        var proxy = new ProxyPages(health, own, pages, metrics);
        if (options.HealthzBindAddress is { } healthz)
        {
            Loop(new PortService("--healthz-bind-address", healthz, proxy.Healthz, nodeEvents, stages, logger));
        }
        if (options.MetricsBindAddress is { } address)
        {
            Loop(new PortService("--metrics-bind-address", address, proxy.Metrics, nodeEvents, stages, logger));
        }
        var serviceEvents = new ServiceEvents(recorder, store.Find);
        var checks = Loop(new HealthCheckServers(health, serviceEvents, stages, logger));
        return new ServiceSurfacing(health, checks, serviceEvents, metrics, time);
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }

    private T Loop<T>(T loop)
        where T : BackgroundService
    {
        _loops.Add(loop);
        return Own(loop);
    }

    private void Release()
    {
        while (_owned.TryPop(out var owned))
        {
            owned.Dispose();
        }
    }
}
