using System.Globalization;
using Netweir.Loader;
using Netweir.Maps;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>How much of everything a node's agent and datapath have at one moment.</summary>
internal sealed record NodeFootprint
{
    /// <summary>Open descriptors of the agent.</summary>
    public required int Descriptors { get; init; }

    public required int Programs { get; init; }

    public required int Maps { get; init; }

    /// <summary>Pinned TCX links that are attached.</summary>
    public required int Links { get; init; }

    /// <summary>tc filters on all devices, both directions.</summary>
    public required int Filters { get; init; }

    public required int Routes { get; init; }

    /// <summary>Below the run and state directories, relative.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    public static NodeFootprint Of(LabNode node)
    {
        using var netlink = Rtnetlink.Open(node.Namespace);
        var links = netlink.Links.List();
        return new NodeFootprint
        {
            Descriptors = Directory.GetFiles($"/proc/{node.AgentProcessId}/fd").Length,
            Programs = Directory.GetFiles(BpfPaths.Programs(node.BpfRoot)).Length,
            Maps = Directory.GetFiles(BpfPaths.Maps(node.BpfRoot)).Length,
            Links = new LinkStore(node.BpfRoot).List().Count(l => l.Ifindex != 0),
            Filters = links.Sum(l => netlink.TrafficControl.List(l.Index, TcDirection.Ingress).Count + netlink.TrafficControl.List(l.Index, TcDirection.Egress).Count),
            Routes = netlink.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir }).Count,
            Files = [.. FilesOf(node.RunDirectory).Concat(FilesOf(node.StateDirectory)).Order(StringComparer.Ordinal)],
        };
    }

    public static int ConntrackOf(LabNode node)
    {
        using var maps = NetweirMaps.OpenPinned(node.BpfRoot);
        return maps.Conntrack.Entries().Count();
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"descriptors {Descriptors}, programs {Programs}, maps {Maps}, links {Links}, filters {Filters}, routes {Routes}, files {Files.Count}");

    private static IEnumerable<string> FilesOf(string directory) =>
        Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Path.GetDirectoryName(directory)!, f));
}
