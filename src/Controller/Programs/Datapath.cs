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

    public Datapath(AgentOptions options, AgentMetrics metrics, TamperLog tampering, LedgerWriter ledger)
    {
        _root = options.BpfRoot;
        _tampering = tampering;
        Features = KernelFeatures.Probe();
        _loader = new DatapathLoader(options, metrics);
        _pins = new PinKeeper(_root, tampering, ledger);
        _filters = new FilterReconciler(tampering, ledger);
        _uplinks = new HookReconciler(HookPoint.Uplink, _root, Features.Tcx, _filters, tampering);
        _loopback = new HookReconciler(HookPoint.Loopback, _root, Features.Tcx, _filters, tampering);
        _pods = new PodReconciler(new EndpointCache(options.StateDir), _filters, tampering);
    }

    public KernelFeatures Features { get; }

    /// <summary>Null until the first turn knows the devices.</summary>
    public AttachmentPlan? Plan { get; private set; }

    /// <inheritdoc cref="DatapathLoader.Report"/>
    public string Report => _loader.Report;

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
    public bool Load(Config config, AttachmentPlan plan, Rtnetlink netlink)
    {
        lock (_lock)
        {
            Plan = plan;
            try
            {
                // Before loading: new programs use the maps that are pinned.
                _pins.Restore();
                var fresh = _loader.Load(config, _maps is not null, swapped => AttachPinned(netlink, swapped)) || _programs is null;
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
            if (_programs is not { } programs || _endpoints is not { } endpoints || Plan is null)
            {
                throw new StartupException("waiting for the datapath to be loaded");
            }
            return _pins.Restore() + Attach(netlink, programs, endpoints);
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

    /// <summary>Without <paramref name="endpoints"/> the maps stay as they are.</summary>
    private int Attach(Rtnetlink netlink, ProgramSet programs, EndpointReconciler? endpoints)
    {
        var (devices, uplinks) = Plan!;
        var writes = _uplinks.Reconcile(netlink, programs, uplinks);
        writes += _filters.Ensure(netlink, devices.Net, TcDirection.Ingress, programs[HookNames.FromHost]);
        // After from_host, to which it hands its packets.
        writes += _loopback.Reconcile(netlink, programs, [NetworkNames.LoopbackIndex]);
        if (devices.Overlay != 0)
        {
            writes += _filters.Ensure(netlink, devices.Overlay, TcDirection.Ingress, programs[HookNames.FromOverlay]);
        }
        writes += _pods.Reconcile(netlink, programs, endpoints);
        _filters.EndRound();
        return writes;
    }

    /// <summary>In the course of an upgrade. With the pinned maps in use, pods' entries that the CNI plugin wrote to those before are put back at once.</summary>
    private void AttachPinned(Rtnetlink netlink, bool mapsAreInUse)
    {
        using var programs = OpenPrograms();
        if (mapsAreInUse)
        {
            OpenMaps();
        }
        Attach(netlink, programs, mapsAreInUse ? _endpoints : null);
    }

    private ProgramSet OpenPrograms() =>
        ProgramSet.TryOpen(new ProgramStore(_root)) ?? throw new BpfException($"the programs pinned below {_root} were removed");

    private void Reopen()
    {
        var programs = OpenPrograms();
        _programs?.Dispose();
        _programs = programs;
        _pins.Hold();
        _opened.TrySetResult(OpenMaps());
    }

    private NetweirMaps OpenMaps()
    {
        _maps ??= NetweirMaps.OpenPinned(_root);
        _endpoints ??= new EndpointReconciler(_maps.Endpoints, _maps.Epoch, _tampering);
        return _maps;
    }

    private bool TryReopen()
    {
        try
        {
            if (_loader.KnowsPinnedMaps())
            {
                Reopen();
            }
        }
        catch (Exception e) when (e is BpfException or BtfFormatException or IOException)
        {
            // The refusal is what is told; there is nothing older to go on with.
        }
        return true;
    }
}
