using System.Net;
using System.Net.Sockets;
using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// The frontends of one Service port for one family, and which list each has for whom. Clients on this node that use a NodePort, a load
/// balancer's address or an external IP are "neither internal nor external" (upstream: the short-circuit rule): the cluster list is theirs
/// whatever the external policy says.
/// </summary>
internal sealed class FamilyFrontends(AddressFamily family, ServicePort port, byte protocol, ServiceFacts facts, TrafficPolicy policy, SelectedBackends selected)
{
    private readonly FrontendKey[] _cluster = List(selected.Cluster, protocol, facts.Consistent);
    private readonly FrontendKey[] _local = List(selected.Local, protocol, facts.Consistent);

    public IEnumerable<DesiredFrontend> All()
    {
        foreach (var address in OfFamily(facts.ClusterIPs))
        {
            yield return Frontend(Keys.Of(address, (ushort)port.Port, protocol), FrontendKind.ClusterIP, policy.InternalLocal, policy.InternalLocal);
        }

        var ranges = facts.IsRestricted(family) ? FrontendFlag.SourceRanges : FrontendFlag.None;
        foreach (var address in OfFamily(facts.LoadBalancerIPs))
        {
            yield return Frontend(Keys.Of(address, (ushort)port.Port, protocol), FrontendKind.External, insideLocal: false, policy.ExternalLocal, ranges);
        }

        foreach (var address in OfFamily(facts.ExternalIPs))
        {
            yield return Frontend(Keys.Of(address, (ushort)port.Port, protocol), FrontendKind.External, insideLocal: false, policy.ExternalLocal);
        }

        if (port.NodePort is > 0 and <= ushort.MaxValue)
        {
            yield return Frontend(Keys.OfNode(family, (ushort)port.NodePort, protocol), FrontendKind.NodePort, insideLocal: false, policy.ExternalLocal);
        }
    }

    private DesiredFrontend Frontend(FrontendKey key, FrontendKind kind, bool insideLocal, bool outsideLocal, FrontendFlag flags = FrontendFlag.None)
    {
        var (inside, outside) = (insideLocal ? _local : _cluster, outsideLocal ? _local : _cluster);
        flags |= facts.Consistent ? FrontendFlag.Consistent : FrontendFlag.None;
        flags |= insideLocal ? FrontendFlag.InsideLocal : FrontendFlag.None;
        flags |= outsideLocal ? FrontendFlag.OutsideLocal : FrontendFlag.None;
        flags |= inside.Length == 0 && selected.HasAny ? FrontendFlag.InsideDrop : FrontendFlag.None;
        flags |= outside.Length == 0 && selected.HasAny ? FrontendFlag.OutsideDrop : FrontendFlag.None;
        return new DesiredFrontend { Key = key, Kind = kind, Inside = inside, Outside = outside, Flags = flags, AffinityTimeout = facts.AffinityTimeout };
    }

    private IEnumerable<IPAddress> OfFamily(IReadOnlyList<IPAddress> addresses) => addresses.Where(a => a.AddressFamily == family);

    private static FrontendKey[] List(IReadOnlyList<BackendCandidate> backends, byte protocol, bool consistent)
    {
        var keys = new FrontendKey[backends.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = Keys.Of(backends[i].Address, backends[i].Port, protocol);
        }

        return consistent ? MaglevTable.Build(keys) : keys;
    }
}
