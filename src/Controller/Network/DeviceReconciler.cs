using System.Globalization;
using System.Text;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>Keeps nw_host, nw_net and nw_overlay as they should be. What is right is not written.</summary>
internal sealed class DeviceReconciler(Rtnetlink netlink, string runDir, TamperLog tampering, LedgerWriter ledger)
{
    private const string OverlayFile = "overlay";
    private readonly Links _links = netlink.Links;
    private bool _hadPair;
    private bool _hadOverlay;

    /// <summary>What the file says, or should: without room on the disk the device must not be made anew in every turn.</summary>
    private string? _madeOverlay;

    /// <exception cref="NetlinkException">The kernel refused a change.</exception>
    public Devices Reconcile(DeviceSpec spec)
    {
        var (host, net) = EnsurePair(spec.Mtu);
        var overlay = spec.Overlay ? EnsureOverlay(spec) : 0;
        (_hadPair, _hadOverlay) = (true, spec.Overlay);
        return new Devices(host, net, overlay);
    }

    /// <summary>
    /// Removes the overlay where the specification has none; to be called when neither programs nor maps speak of it any more. A device of another
    /// kind with its name is somebody else's. 1 when it was there.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public int Prune(DeviceSpec spec)
    {
        if (spec.Overlay || _links.Find(NetworkNames.Overlay) is not { Kind: "vxlan" } overlay)
        {
            return 0;
        }
        Delete(overlay);
        File.Delete(Path.Combine(runDir, OverlayFile));
        return 1;
    }

    private (int Host, int Net) EnsurePair(int mtu)
    {
        var host = Own(NetworkNames.Host, "veth");
        var net = Own(NetworkNames.Net, "veth");
        ledger.Add(LedgerKind.Device, NetworkNames.Host, "veth");
        var existed = _hadPair;
        if (host is null || net is null || host.PeerIndex != net.Index)
        {
            tampering.CountIf(_hadPair, "link", $"{NetworkNames.Host} was removed");
            existed = false;
            Delete(host);
            Delete(net);
            _links.CreateVeth(new VethSpec
            {
                Name = NetworkNames.Host,
                PeerName = NetworkNames.Net,
                Mac = NetworkNames.HostMac,
                PeerMac = NetworkNames.NetMac,
                Mtu = mtu,
            });
            (host, net) = (_links.Get(NetworkNames.Host), _links.Get(NetworkNames.Net));
            WithoutLinkLocal(host.Index);
            WithoutLinkLocal(net.Index);
        }
        Adjust(host, NetworkNames.HostMac, mtu, existed);
        Adjust(net, NetworkNames.NetMac, mtu, existed);
        EnsureAddress(host.Index, existed);
        return (host.Index, net.Index);
    }

    private void EnsureAddress(int ifindex, bool existed)
    {
        var found = netlink.Addresses.List(ifindex);
        if (found.Exists(a => a.Address.Equals(NetworkNames.HostAddress) && a.PrefixLength == 32))
        {
            return;
        }
        tampering.CountIf(existed, "address", $"{NetworkNames.HostAddress} was removed from {NetworkNames.Host}");
        netlink.Addresses.Replace(new InterfaceAddress
        {
            LinkIndex = ifindex,
            Address = NetworkNames.HostAddress,
            PrefixLength = 32,
            Scope = RouteScope.Link,
        });
    }

    private int EnsureOverlay(DeviceSpec spec)
    {
        var made = Path.Combine(runDir, OverlayFile);
        var mtu = spec.Mtu - Way.VxlanOverhead;
        var overlay = Own(NetworkNames.Overlay, "vxlan");
        ledger.Add(LedgerKind.Device, NetworkNames.Overlay, "vxlan");
        tampering.CountIf(_hadOverlay && overlay is null, "link", $"{NetworkNames.Overlay} was removed");
        // The kernel does not change a VXLAN device's port: what it was made with is kept beside, by ifindex.
        if (overlay is not null && _madeOverlay != Identity(overlay.Index, spec.VxlanPort)
            && (!File.Exists(made) || File.ReadAllText(made) != Identity(overlay.Index, spec.VxlanPort)))
        {
            Delete(overlay);
            overlay = null;
        }
        var existed = _hadOverlay && overlay is not null;
        if (overlay is null)
        {
            _links.CreateVxlan(new VxlanSpec { Name = NetworkNames.Overlay, Port = spec.VxlanPort, Mtu = mtu });
            overlay = _links.Get(NetworkNames.Overlay);
            WithoutLinkLocal(overlay.Index);
            _madeOverlay = Identity(overlay.Index, spec.VxlanPort);
        }
        Adjust(overlay, mac: null, mtu, existed);
        AtomicFile.WriteIfDifferent(made, Encoding.ASCII.GetBytes(Identity(overlay.Index, spec.VxlanPort)));
        return overlay.Index;
    }

    private static string Identity(int ifindex, ushort port) => string.Create(CultureInfo.InvariantCulture, $"ifindex {ifindex} port {port}\n");

    private Link? Own(string name, string kind)
    {
        var link = _links.Find(name);
        return link is null || link.Kind == kind ? link
            : throw new StartupException($"interface '{name}' is a {link.Kind ?? "physical device"}, not Netweir's {kind}: rename or remove it");
    }

    private void Delete(Link? link)
    {
        if (link is not null)
        {
            _links.Delete(link.Index);
        }
    }

    /// <summary>Nobody speaks IPv6 to these devices' own addresses, and a link-local address would only announce itself.</summary>
    private void WithoutLinkLocal(int ifindex)
    {
        if (Directory.Exists("/proc/sys/net/ipv6"))
        {
            _links.SetAddressGenerationMode(ifindex, AddressGenerationMode.None);
        }
    }

    private void Adjust(Link link, MacAddress? mac, int mtu, bool existed)
    {
        if (mac is { } wanted && link.Mac != wanted)
        {
            tampering.CountIf(existed, "link", $"{link.Name} had another MAC, {link.Mac}");
            _links.SetMac(link.Index, wanted);
        }
        if (link.Mtu != mtu)
        {
            _links.SetMtu(link.Index, mtu);
        }
        if (!link.IsUp)
        {
            tampering.CountIf(existed, "link", $"{link.Name} was down");
            _links.SetUp(link.Index);
        }
    }
}
