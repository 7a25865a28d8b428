using System.Globalization;

namespace Netweir.Maps;

/// <summary>Tables of the maps that say where addresses live.</summary>
public static class AddressTables
{
    public static MapTable Endpoints(IEnumerable<KeyValuePair<Address, Endpoint>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(MapSpecs.Endpoints.Name, context.AllDetails, "address", "pod", "device", "+ifindex", "+mac", "+host_mac");
        foreach ((Address address, Endpoint endpoint) in entries.OrderBy(e => e.Key))
        {
            table.Add(address, context.Names.Pod(address), context.Device(endpoint.Ifindex), endpoint.Ifindex, endpoint.Mac.ToString(), endpoint.HostMac.ToString());
        }

        return table.Build();
    }

    public static MapTable Epoch(string map, IEnumerable<KeyValuePair<uint, ulong>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(map, context.AllDetails, "set", "+epoch");
        foreach ((_, ulong epoch) in entries.OrderBy(e => e.Key))
        {
            table.Add(epoch == 0 ? "no" : "yes", (long)epoch);
        }

        return table.Build();
    }

    public static MapTable Ipcache(IEnumerable<KeyValuePair<IpcacheKey, IpcacheEntry>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(MapSpecs.Ipcache.Name, context.AllDetails, "prefix", "kind", "routing", "node", "node_name", "device", "mtu", "+ifindex");
        foreach ((IpcacheKey key, IpcacheEntry entry) in entries.OrderBy(e => e.Key.Address).ThenBy(e => e.Key.PrefixLength))
        {
            table.Add(
                Prefix(key),
                Text.Snake((IpcacheKind)entry.Kind),
                Text.Snake((IpcacheRouting)entry.Routing),
                entry.Node,
                context.Names.Node(entry.Node.IsZero ? key.Address : entry.Node),
                context.Device(entry.Ifindex),
                entry.Mtu,
                entry.Ifindex);
        }

        return table.Build();
    }

    public static MapTable Nodes(IEnumerable<KeyValuePair<Address, Node>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(MapSpecs.Nodes.Name, context.AllDetails, "address", "node");
        foreach ((Address address, Node node) in entries.OrderBy(e => e.Key))
        {
            table.Add(address, node.Name.ToString());
        }

        return table.Build();
    }

    public static MapTable Uplinks(IEnumerable<KeyValuePair<uint, Uplink>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(MapSpecs.Uplinks.Name, context.AllDetails, "device", "ipv4", "ipv6", "mtu", "+ifindex");
        foreach ((uint ifindex, Uplink uplink) in entries.OrderBy(e => context.Device(e.Key), StringComparer.Ordinal))
        {
            table.Add(context.Device(ifindex), uplink.Ipv4, uplink.Ipv6, uplink.Mtu, ifindex);
        }

        return table.Build();
    }

    private static string Prefix(IpcacheKey key)
    {
        bool ipv4 = key.PrefixLength >= Address.IPv4PrefixOffset && key.Address.IsIPv4;
        uint length = ipv4 ? key.PrefixLength - Address.IPv4PrefixOffset : key.PrefixLength;
        string address = key.Address.IsZero ? "::" : key.Address.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{address}/{length}");
    }
}
