using System.Net;
using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>All ports of one Kubernetes Service. Without ports: the Service is not to be programmed.</summary>
internal sealed record DesiredService(ObjectKey Key, IReadOnlyList<DesiredPort> Ports)
{
    /// <summary>Null when no load balancer asks for it.</summary>
    public HealthCheckNodePort? HealthCheck { get; init; }

    /// <summary>Load balancer addresses and external IPs.</summary>
    public IReadOnlyList<IPAddress> ExternalAddresses { get; init; } = [];

    /// <summary>What of it means nothing and was passed over; for the log.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    public bool IsConsistent => Ports.Any(p => p.Frontends.Any(f => f.Flags.HasFlag(FrontendFlag.Consistent)));

    /// <summary>With plain lists in place of Maglev tables.</summary>
    public DesiredService WithoutTables()
    {
        var plain = new Dictionary<object, FrontendKey[]>(ReferenceEqualityComparer.Instance);
        return this with { Ports = [.. Ports.Select(p => p with { Frontends = [.. p.Frontends.Select(Plain)] })] };

        DesiredFrontend Plain(DesiredFrontend frontend) => frontend.Flags.HasFlag(FrontendFlag.Consistent)
            ? frontend with { Flags = frontend.Flags & ~FrontendFlag.Consistent, Inside = List(frontend.Inside), Outside = List(frontend.Outside) }
            : frontend;

        FrontendKey[] List(IReadOnlyList<FrontendKey> table) =>
            plain.TryGetValue(table, out var list) ? list : plain[table] = MaglevTable.BackendsOf(table);
    }

    /// <summary>What is left without some of its frontends: ports that have others, and addresses that are still frontends.</summary>
    public DesiredService Without(HashSet<FrontendKey> frontends)
    {
        DesiredPort[] ports =
        [
            .. Ports.Select(p => p with { Frontends = [.. p.Frontends.Where(f => !frontends.Contains(f.Key))] }).Where(p => p.Frontends.Count > 0),
        ];
        var addresses = ports.SelectMany(p => p.Frontends).Where(f => f.Kind == FrontendKind.External).Select(f => f.Key.Address).ToHashSet();
        return this with { Ports = ports, ExternalAddresses = [.. ExternalAddresses.Where(a => addresses.Contains(Address.From(a)))] };
    }
}
