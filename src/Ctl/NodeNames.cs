using System.Globalization;
using Netweir.Endpoints;
using Netweir.Loader;
using Netweir.Maps;
using IPAddress = System.Net.IPAddress;

namespace Netweir.Ctl;

/// <summary>Names from everything on the node that has some: maps, endpoint records, devices.</summary>
internal static class NodeNames
{
    public static NameTable Read(CtlPaths paths) => FromMaps(paths.BpfRoot) with
    {
        Pods = Pods(new EndpointStore(paths.StateDirectory).List()),
        Devices = Devices(),
    };

    private static NameTable FromMaps(string root)
    {
        try
        {
            return MapViews.ReadNames(root);
        }
        catch (BpfException)
        {
            return new NameTable(); // a dump without names is better than none; status tells of maps that are missing
        }
    }

    private static Dictionary<Address, string> Pods(IEnumerable<EndpointRecord> records)
    {
        Dictionary<Address, string> pods = [];
        foreach (EndpointRecord record in records)
        {
            foreach (IPAddress address in record.Addresses)
            {
                pods[address] = record.DisplayName;
            }
        }

        return pods;
    }

    private static Dictionary<uint, string> Devices()
    {
        Dictionary<uint, string> devices = [];
        using var netlink = Netlink.Rtnetlink.Open();
        foreach (Netlink.Link link in netlink.Links.List())
        {
            devices[(uint)link.Index] = link.Name;
        }

        return devices;
    }
}
