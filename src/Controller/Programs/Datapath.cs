using Netweir.Loader;
using Netweir.Maps;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>The datapath in the kernel: loaded, attached, its maps open. Thread-safe: two loops look after it.</summary>
internal sealed class Datapath : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<NetweirMaps> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _root;
    private readonly DatapathLoader _loader;
    private readonly FilterReconciler _filters;
    private readonly HookReconciler _uplinks;
    private readonly HookReconciler _loopback;
    private readonly PodReconciler _pods;
    private readonly PinKeeper _pins;
    private readonly TamperLog _tampering;
    private ProgramSet? _programs;
    private NetweirMaps? _maps;
    private EndpointReconciler? _endpoints;

    public Datapath(AgentOptions options, AgentMetrics metrics, TamperLog tampering)
    {
        _root = options.BpfRoot;
        _tampering = tampering;
        Features = KernelFeatures.Probe();
        _loader = new DatapathLoader(options, metrics);
        _pins = new PinKeeper(_root, tampering);
        _filters = new FilterReconciler(tampering);
        _uplinks = new HookReconciler(HookPoint.Uplink, _root, Features.Tcx, _filters, tampering);
        _loopback = new HookReconciler(HookPoint.Loopback, _root, Features.Tcx, _filters, tampering);
        _pods = new PodReconciler(new EndpointCache(options.StateDir), _filters, tampering);
    }

    public KernelFeatures Features { get; }

    /// <summary>Null until the first turn knows the devices.</summary>
    public AttachmentPlan? Plan { get; set; }

    public int Pods => _pods.Count;

    /// <summary>Completes when the maps are there.</summary>
    public Task<NetweirMaps> Opened => _opened.Task;

    /// <summary>Null until the datapath was loaded once on this node.</summary>
    public NetweirMaps? MapsOrNull
    {
        get
        {
            lock (_lock)
            {
                return _maps;
            }
        }
    }

    /// <exception cref="StartupException">Nothing has been loaded yet.</exception>
    public NetweirMaps Maps => MapsOrNull ?? throw new StartupException("waiting for the datapath to be loaded");

    /// <inheritdoc cref="DatapathLoader.Load"/>
    public bool Load(Config config)
    {
        lock (_lock)
        {
            try
            {
                // Before loading: new programs use the maps that are pinned.
                _pins.Restore();
                var fresh = _loader.Load(config) || _programs is null;
                if (fresh)
                {
                    Reopen();
                }
                _loader.Mark();
                return fresh;
            }
            catch (Exception e) when ((e is BpfException or IOException) && _programs is null && TryReopen())
            {
                // An earlier agent's programs and maps: they are kept up while the new ones are refused.
                throw;
            }
        }
    }

    /// <summary>Puts every program where the plan says. The number of attachments written.</summary>
    public int Attach(Rtnetlink netlink)
    {
        lock (_lock)
        {
            if (_programs is not { } programs || _endpoints is not { } endpoints || Plan is not { } plan)
            {
                throw new StartupException("waiting for the datapath to be loaded");
            }
            var writes = _pins.Restore() + _uplinks.Reconcile(netlink, programs, plan.Uplinks);
            writes += _filters.Ensure(netlink, plan.Devices.Net, TcDirection.Ingress, programs[HookNames.FromHost]);
            // After from_host, to which it hands its packets.
            writes += _loopback.Reconcile(netlink, programs, [NetworkNames.LoopbackIndex]);
            if (plan.Devices.Overlay != 0)
            {
                writes += _filters.Ensure(netlink, plan.Devices.Overlay, TcDirection.Ingress, programs[HookNames.FromOverlay]);
            }
            writes += _pods.Reconcile(netlink, programs, endpoints);
            _filters.EndRound();
            return writes;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _programs?.Dispose();
            _maps?.Dispose();
            _pins.Dispose();
        }
    }

    private void Reopen()
    {
        var programs = ProgramSet.TryOpen(new ProgramStore(_root)) ?? throw new BpfException($"the programs pinned below {_root} were removed");
        _programs?.Dispose();
        _programs = programs;
        _pins.Hold();
        _maps ??= NetweirMaps.OpenPinned(_root);
        _endpoints ??= new EndpointReconciler(_maps.Endpoints, _maps.Epoch, _tampering);
        _opened.TrySetResult(_maps);
    }

    private bool TryReopen()
    {
        try
        {
            Reopen();
        }
        catch (BpfException)
        {
            // The refusal is what is told; there is nothing older to go on with.
        }
        return true;
    }
}
