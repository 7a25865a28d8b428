using System.Net;
using System.Text.Json;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni;

/// <summary>CHECK: compares what ADD made with what is there, and names every difference.</summary>
internal static class CheckVerb
{
    public static void Run(Invocation invocation, Stream output)
    {
        if (invocation.Config.PrevResult.ValueKind != JsonValueKind.Object)
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig, "CHECK needs prevResult, the result of ADD");
        }

        EndpointStore store = invocation.OpenStore();
        EndpointRecord record = store.Find(invocation.Key)
            ?? throw new CniException(CniErrorCode.ContainerUnknown, $"there is no record of {invocation.Key}: it was never attached, or was deleted");
        using NetworkNamespace? podNamespace = NetworkNamespace.TryOpen(invocation.NetworkNamespacePath);
        if (podNamespace is null)
        {
            throw new CniException(CniErrorCode.CheckFailed, $"{record.DisplayName}: there is no network namespace at {invocation.NetworkNamespacePath}");
        }

        List<string> problems = [.. ComparePrevResult(invocation, record), .. CompareRecord(store, record, podNamespace)];
        if (problems.Count == 0)
        {
            using Rtnetlink host = Rtnetlink.Open();
            using Rtnetlink pod = Rtnetlink.Open(podNamespace);
            problems.AddRange(CompareHost(host, record));
            problems.AddRange(ComparePod(pod, record));
            problems.AddRange(CompareMap(invocation.Config.BpfRoot, record));
        }

        if (problems.Count > 0)
        {
            throw new CniException(CniErrorCode.CheckFailed, $"{record.DisplayName}: {problems[0]}", string.Join("; ", problems));
        }
    }

    private static IEnumerable<string> ComparePrevResult(Invocation invocation, EndpointRecord record)
    {
        var listed = new HashSet<string>();
        if (invocation.Config.PrevResult.TryGetProperty("ips", out JsonElement ips) && ips.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement ip in ips.EnumerateArray())
            {
                if (ip.ValueKind == JsonValueKind.Object && ip.TryGetProperty("address", out JsonElement address) && JsonText.Read(address) is { } text)
                {
                    listed.Add(text);
                }
            }
        }

        foreach (IPAddress address in record.Addresses)
        {
            if (!listed.Contains(AttachmentBuilder.HostPrefix(address).ToString()))
            {
                yield return $"prevResult does not have the address {address}";
            }
        }
    }

    private static IEnumerable<string> CompareRecord(EndpointStore store, EndpointRecord record, NetworkNamespace podNamespace)
    {
        if (record.State != EndpointState.Ready)
        {
            yield return "its ADD did not finish";
        }

        if (record.NetworkNamespaceInode != podNamespace.Inode)
        {
            yield return $"{podNamespace.Path} is another network namespace than the one that was attached";
        }

        foreach (IPAddress address in record.Addresses)
        {
            if (store.OwnerOf(address) != record.Key)
            {
                yield return $"the address {address} is not allocated to it";
            }
        }
    }

    private static IEnumerable<string> CompareHost(Rtnetlink host, EndpointRecord record)
    {
        Link? link = host.Links.Find(record.HostInterfaceName);
        if (link is null || link.Index != record.HostInterfaceIndex)
        {
            yield return $"host interface {record.HostInterfaceName} is missing";
            yield break;
        }

        foreach (string problem in CompareLink(link, record.HostMac))
        {
            yield return problem;
        }

        List<Route> routes = host.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir, LinkIndex = link.Index });
        List<Neighbour> neighbours = host.Neighbours.List(link.Index);
        foreach (IPAddress address in record.Addresses)
        {
            if (!routes.Exists(r => r.Destination == AttachmentBuilder.HostPrefix(address)))
            {
                yield return $"the host has no route to {address} by {link.Name}";
            }

            if (!neighbours.Exists(n => n.Address.Equals(address) && n.Mac == record.PodMac && n.State == NeighbourState.Permanent))
            {
                yield return $"the host has no permanent neighbour entry for {address} on {link.Name}";
            }
        }

        foreach (string problem in CompareFilter(host, link, TcDirection.Ingress, PinnedDatapath.FromPod).Concat(CompareFilter(host, link, TcDirection.Egress, PinnedDatapath.ToPod)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> CompareFilter(Rtnetlink host, Link link, TcDirection direction, string program)
    {
        if (host.TrafficControl.Find(link.Index, direction)?.Name != AttachmentBuilder.FilterName(program))
        {
            yield return $"program {program} is not attached to {link.Name}";
        }
    }

    /// <summary>Other plugins of the chain may have added to the pod's side; only what ADD made is looked for.</summary>
    private static IEnumerable<string> ComparePod(Rtnetlink pod, EndpointRecord record)
    {
        Link? link = pod.Links.Find(record.InterfaceName);
        if (link is null)
        {
            yield return $"interface {record.InterfaceName} is missing in the pod";
            yield break;
        }

        foreach (string problem in CompareLink(link, record.PodMac))
        {
            yield return problem;
        }

        List<InterfaceAddress> addresses = pod.Addresses.List(link.Index);
        List<Route> routes = pod.Routes.List(new RouteFilter { Table = Route.MainTable, LinkIndex = link.Index });
        foreach (IPAddress address in record.Addresses)
        {
            if (!addresses.Exists(a => a.Address.Equals(address)))
            {
                yield return $"{link.Name} does not have the address {address}";
            }

            if (!routes.Exists(r => r.Destination.PrefixLength == 0 && r.IsIPv4 == AttachmentBuilder.IsIPv4(address)))
            {
                yield return $"the pod has no default route for {(AttachmentBuilder.IsIPv4(address) ? "IPv4" : "IPv6")}";
            }
        }
    }

    private static IEnumerable<string> CompareLink(Link link, MacAddress mac)
    {
        if (!link.IsUp)
        {
            yield return $"{link.Name} is down";
        }

        if (link.Mac != mac)
        {
            yield return $"{link.Name} has the address {link.Mac}, not {mac}";
        }
    }

    private static IEnumerable<string> CompareMap(string bpfRoot, EndpointRecord record)
    {
        using EndpointMap? endpoints = EndpointMap.TryOpen(bpfRoot);
        var expected = new EndpointEntry(record.HostInterfaceIndex, record.PodMac, record.HostMac);
        foreach (IPAddress address in record.Addresses)
        {
            if (endpoints?.Find(address) != expected)
            {
                yield return $"nw_endpoints does not lead {address} to {record.HostInterfaceName}";
            }
        }
    }
}
