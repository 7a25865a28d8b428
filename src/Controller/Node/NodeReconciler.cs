using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>
/// One turn sets up everything that the node needs, in the order of the stages; what is as it should be is not written. To be called by one
/// thread at a time, in the node's network namespace.
/// </summary>
internal sealed class NodeReconciler(
    AgentOptions options, Rtnetlink netlink, ClusterStore store, ExternalAddresses external, ApiServerAddresses apiServers, Datapath datapath,
    StageRunner stages, TamperLog tampering, LedgerWriter ledger, ILogger logger)
{
    private readonly DeviceReconciler _devices = new(netlink, options.RunDir, tampering, ledger);
    private readonly SysctlReconciler _sysctls = new(tampering, ledger);
    private readonly RouteReconciler _routes = new(netlink, tampering, ledger);
    private readonly RouteReconciler _externalRoutes = new(netlink, tampering, ledger, NetworkNames.ExternalTable);
    private readonly RuleReconciler _rules = new(netlink, tampering, ledger);
    private readonly NeighbourReconciler _neighbours = new(netlink, tampering);
    private readonly PeerLog _peers = new(logger);
    private readonly OffloadReconciler _offload = new(netlink, tampering, ledger);
    private readonly PublishedFiles _files = new(options, tampering, ledger);
    private MapStage? _maps;
    private string _uplinks = "";

    /// <summary>What the last turn worked from; null before the first complete one. Read by the monitor.</summary>
    public NodeView? View { get; private set; }

    /// <summary>Whether pods can be made here.</summary>
    public bool Published => stages.IsMet(ConditionNames.Cni);

    /// <summary>Whether something else changed what tells nobody of its changes. May be asked on any thread.</summary>
    /// <exception cref="IOException">Something cannot be read: a turn would say what.</exception>
    public bool IsDisturbed() => _sysctls.IsDisturbed() || _files.IsDisturbed();

    /// <summary>True when everything is as it should be, or waits for the API; false: try again soon.</summary>
    public bool Reconcile(bool resync)
    {
        var ok = RunStages(resync);
        stages.Note("ledger", ledger.Retry() is { } problem ? [problem] : []);
        return ok;
    }

    private bool RunStages(bool resync)
    {
        try
        {
            return Gather() is not { } inputs || Reconcile(inputs, Ways(inputs), resync);
        }
        catch (NetlinkException e)
        {
            // The kernel could not be read, as when its tables change faster than they can be listed.
            stages.NotMet(ConditionNames.Uplinks, e.Message);
            return false;
        }
    }

    private bool Reconcile(NodeInputs inputs, IReadOnlyList<PeerWays> ways, bool resync)
    {
        Devices devices = default;
        var ok = stages.Run(ConditionNames.Devices, () => Assign(_devices.Reconcile(DevicesFor(inputs)), out devices));
        ok = ok && stages.Run(ConditionNames.Sysctls, () => Sysctls(inputs, devices));
        if (!ok)
        {
            return false;
        }
        View = new NodeView(devices, inputs.Uplinks);
        ok = Load(inputs, devices);
        ok = stages.Run(ConditionNames.Maps, () => Maps(inputs, ways, resync)) && ok;
        ok = stages.Run(ConditionNames.Routes, () => Routes(inputs, ways, devices)) && ok;
        // Last: until here programs or routes may have led there.
        ok = ok && stages.Run(ConditionNames.Devices, () => _devices.Prune(DevicesFor(inputs)));
        var services = stages.IsMet(ConditionNames.Services);
        return ok && stages.Run(
            ConditionNames.Cni, () => Publish(inputs, ways, services), services ? null : "waiting for the services: the first pod needs them");
    }

    /// <summary>Null when something is missing that only the API or the administrator can give.</summary>
    private NodeInputs? Gather()
    {
        var cluster = store.Snapshot;
        stages.Note("cluster", cluster.Problems);
        if (NodeReadiness.Missing(cluster.Nodes.Own, options.NodeName) is { } missing)
        {
            stages.NotMet(ConditionNames.Node, missing);
            return null;
        }
        stages.Met(ConditionNames.Node);
        if (NodeReadiness.ServiceCidrs(cluster, options) is not { } ranges)
        {
            stages.NotMet(ConditionNames.ServiceRanges, "the API has no ServiceCIDR (before Kubernetes 1.33): give --service-cidr");
            return null;
        }
        stages.Met(ConditionNames.ServiceRanges);
        var own = cluster.Nodes.Own!;
        var host = HostFacts.Read(netlink);
        var problems = new List<string>();
        var uplinks = UplinkChoice.Compute(host, own, options.Uplinks, problems);
        stages.Note("uplinks", problems);
        if (uplinks.Count == 0)
        {
            stages.NotMet(ConditionNames.Uplinks, options.Uplinks.Count > 0 ? string.Join("; ", problems)
                : "no interface has a default route or an InternalIP of this node: name one with --uplink");
            return null;
        }
        stages.Met(ConditionNames.Uplinks);
        LogUplinks(uplinks);
        return Checked(own, cluster.Nodes.Peers, ranges, host, uplinks);
    }

    private NodeInputs? Checked(
        NodeFacts own, IReadOnlyList<NodeFacts> peers, IReadOnlyList<IPNetwork> ranges, HostFacts host, IReadOnlyList<Uplink> uplinks)
    {
        var problems = new List<string>();
        var attached = host.AttachedNetworks();
        var services = RangeCheck.Services(ranges, attached, problems);
        own = RangeCheck.Pods(own, services, attached, problems);
        peers = [.. peers.Select(p => RangeCheck.Pods(p, services, attached, problems))];
        stages.Note("ranges", problems);
        if (own.PodCidrs.Count == 0)
        {
            stages.NotMet(ConditionNames.Node, $"none of this node's pod CIDRs can be used: {string.Join("; ", problems)}");
            return null;
        }
        return new NodeInputs
        {
            Own = own,
            Peers = peers,
            ServiceCidrs = services,
            Host = host,
            Uplinks = uplinks,
            ExternalAddresses = external.Current,
        };
    }

    private IReadOnlyList<PeerWays> Ways(NodeInputs inputs)
    {
        var problems = new List<string>();
        var ways = PeerRouting.Compute(
            options.Routing, inputs.Own, inputs.Peers, address => PathFinder.Find(netlink, inputs.Host, address), problems);
        stages.Note("peers", problems);
        _peers.Log(ways);
        return ways;
    }

    private DeviceSpec DevicesFor(NodeInputs inputs) =>
        new(inputs.Uplinks.Max(u => u.Mtu), options.Routing != RoutingMode.Direct, options.VxlanPort);

    private int Sysctls(NodeInputs inputs, Devices devices) =>
        _sysctls.Reconcile(inputs.Own, inputs.Uplinks, devices.Overlay != 0, options.LocalhostNodePorts);

    /// <summary>A refused load leaves the old programs in place, and the plan for them is kept up all the same.</summary>
    private bool Load(NodeInputs inputs, Devices devices)
    {
        var plan = new AttachmentPlan(devices, [.. inputs.Uplinks.Select(u => u.Ifindex)]);
        var loaded = stages.Run(ConditionNames.Programs, () => Load(DatapathConfig.Compute(options, inputs.Own, devices, datapath.Features), plan));
        return stages.Run(ConditionNames.Attachments, () => datapath.Attach(netlink)) && loaded;
    }

    private int Load(Maps.Config config, AttachmentPlan plan)
    {
        if (!datapath.Load(config, plan, netlink))
        {
            return 0;
        }
        if (datapath.Report.Length > 0)
        {
            NodeLog.BroughtOver(logger, datapath.Report);
        }
        return 1;
    }

    private int Maps(NodeInputs inputs, IReadOnlyList<PeerWays> ways, bool resync)
    {
        _maps ??= new MapStage(datapath.Maps, tampering);
        return _maps.Reconcile(inputs, ways, options.NoMasqueradeCidrs, options.LocalhostNodePorts, resync);
    }

    private int Routes(NodeInputs inputs, IReadOnlyList<PeerWays> ways, Devices devices)
    {
        // The gateway's neighbour entry first: from the first route on, packets need it.
        var writes = _neighbours.Reconcile(inputs.Own, devices.Host);
        writes += _routes.Reconcile(RoutePlan.Compute(inputs.Own, inputs.ServiceCidrs, ways, devices.Host));
        writes += External(inputs, ways, devices);
        stages.Note("routes", [.. _routes.Conflicts, .. _externalRoutes.Conflicts]);
        return writes;
    }

    /// <summary>Routes before the rules that lead to them.</summary>
    private int External(NodeInputs inputs, IReadOnlyList<PeerWays> ways, Devices devices)
    {
        if (inputs.ExternalAddresses is not { } addresses)
        {
            return 0;
        }
        var problems = new List<string>();
        var routes = ExternalRoutePlan.Routes(
            inputs, addresses, apiServers.Read(), devices.Host, ipv4 => RoutePlan.SmallestMtu(ways, ipv4), problems);
        stages.Note("external addresses", problems);
        return _externalRoutes.Reconcile(routes) + _rules.Reconcile(ExternalRoutePlan.Rules(routes));
    }

    /// <summary>The runtime learns of the network last, when pods find <paramref name="services"/>.</summary>
    private int Publish(NodeInputs inputs, IReadOnlyList<PeerWays> ways, bool services)
    {
        var offloadSize = BigTcpSize(inputs, ways);
        var facts = new Endpoints.NodeFacts
        {
            NodeName = options.NodeName,
            PodCidrs = inputs.Own.PodCidrs,
            Mtu = PodMtu.Compute(options, inputs.Uplinks, ways),
            OffloadSize = offloadSize > 0 ? offloadSize : null,
        };
        var writes = _files.Write(facts) ? 1 : 0;
        if (services && _files.WriteConflist())
        {
            NodeLog.Ready(logger, _files.Conflist);
            writes++;
        }
        return writes;
    }

    private int BigTcpSize(NodeInputs inputs, IReadOnlyList<PeerWays> ways)
    {
        var problems = new List<string>();
        var devices = BigTcp.Devices(inputs.Host.Links, inputs.Uplinks);
        var size = 0;
        try
        {
            size = _offload.Reconcile(devices, BigTcp.Size(options, devices, ways, problems), problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NetlinkException)
        {
            // Pods need the rest; the next turn tries again.
            problems.Add($"--big-tcp: sizes of uplinks' packets cannot be set or put back: {e.Message}; the next turn tries again");
        }
        stages.Note("big tcp", problems);
        return size;
    }

    private void LogUplinks(IReadOnlyList<Uplink> uplinks)
    {
        var text = new StringBuilder().AppendJoin(", ", uplinks.Select(u => $"{u.Name} ({u.IPv4?.ToString() ?? "no IPv4"}, {u.IPv6?.ToString() ?? "no IPv6"}, mtu {u.Mtu})")).ToString();
        if (text != _uplinks)
        {
            NodeLog.Uplinks(logger, _uplinks = text);
        }
    }

    private static int Assign(Devices made, out Devices devices)
    {
        devices = made;
        return 0;
    }
}
