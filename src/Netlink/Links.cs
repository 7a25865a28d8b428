using System.Buffers.Binary;

namespace Netweir.Netlink;

/// <summary>Network interfaces. Refused requests throw <see cref="NetlinkException"/>.</summary>
public sealed class Links
{
    private const int BufferLength = 512;
    private readonly NetlinkSocket _socket;

    internal Links(NetlinkSocket socket) => _socket = socket;

    public List<Link> List()
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.GetLink, 0);
        PutHeader(ref request, 0);
        request.Attribute(Ifla.ExtMask, Ifla.ExtFilterSkipStats);
        return _socket.Dump(ref request, "list links", Parse);
    }

    public Link Get(int index)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.GetLink, 0);
        PutHeader(ref request, index);
        request.Attribute(Ifla.ExtMask, Ifla.ExtFilterSkipStats);
        return _socket.Query(ref request, $"get link {index}", Parse);
    }

    public Link Get(string name)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.GetLink, 0);
        PutHeader(ref request, 0);
        request.Attribute(Ifla.ExtMask, Ifla.ExtFilterSkipStats);
        request.AttributeString(Ifla.IfName, name);
        return _socket.Query(ref request, $"get link {name}", Parse);
    }

    /// <summary>Null when there is no such device.</summary>
    public Link? Find(int index) => OrNull(() => Get(index));

    /// <inheritdoc cref="Find(int)"/>
    public Link? Find(string name) => OrNull(() => Get(name));

    /// <exception cref="NetlinkException">EEXIST when either name is taken in its namespace.</exception>
    public void CreateVeth(VethSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var request = NewLink(stackalloc byte[BufferLength], spec.Name, spec.Mac, spec.Mtu);
        PutOffloadSizes(ref request, spec.OffloadSizes);
        int info = request.BeginNest(Ifla.LinkInfo);
        request.AttributeString(Ifla.InfoKind, "veth");
        int data = request.BeginNest(Ifla.InfoData);
        int peer = request.BeginNest(Ifla.VethInfoPeer);
        PutHeader(ref request, 0);
        PutIdentity(ref request, spec.PeerName, spec.PeerMac, spec.Mtu);
        PutOffloadSizes(ref request, spec.OffloadSizes);
        if (spec.PeerNamespace is { } ns)
        {
            request.Attribute(Ifla.NetNsFd, ns.Fd);
        }

        request.EndNest(peer);
        request.EndNest(data);
        request.EndNest(info);
        _socket.Execute(ref request, $"create veth {spec.Name} with peer {spec.PeerName} in {spec.PeerNamespace?.Path ?? "the same namespace"}");
    }

    public void CreateVxlan(VxlanSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var request = NewLink(stackalloc byte[BufferLength], spec.Name, spec.Mac, spec.Mtu);
        int info = request.BeginNest(Ifla.LinkInfo);
        request.AttributeString(Ifla.InfoKind, "vxlan");
        int data = request.BeginNest(Ifla.InfoData);
        request.Attribute(Ifla.VxlanCollectMetadata, (byte)1);
        request.Attribute(Ifla.VxlanLearning, (byte)0);
        request.Attribute(Ifla.VxlanPort, BinaryPrimitives.ReverseEndianness(spec.Port));
        request.EndNest(data);
        request.EndNest(info);
        _socket.Execute(ref request, $"create vxlan {spec.Name} on port {spec.Port}");
    }

    /// <returns>False when there was no such device.</returns>
    public bool Delete(int index)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.DelLink, 0);
        PutHeader(ref request, index);
        return Deleted(ref request, $"delete link {index}");
    }

    /// <inheritdoc cref="Delete(int)"/>
    public bool Delete(string name)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.DelLink, 0);
        PutHeader(ref request, 0);
        request.AttributeString(Ifla.IfName, name);
        return Deleted(ref request, $"delete link {name}");
    }

    public void SetUp(int index) => SetFlags(index, LinkFlags.Up, "up");

    public void SetDown(int index) => SetFlags(index, LinkFlags.None, "down");

    /// <param name="index">The device.</param>
    /// <param name="mtu">Bytes.</param>
    public void SetMtu(int index, int mtu)
    {
        var request = SetLink(stackalloc byte[BufferLength], index);
        request.Attribute(Ifla.Mtu, mtu);
        _socket.Execute(ref request, $"set mtu {mtu} on link {index}");
    }

    /// <exception cref="NetlinkException">EINVAL when the device does not take them; then some may be set.</exception>
    public void SetOffloadSizes(int index, OffloadSizes sizes)
    {
        var request = SetLink(stackalloc byte[BufferLength], index);
        PutOffloadSizes(ref request, sizes);
        _socket.Execute(ref request, $"set offload sizes {sizes} on link {index}");
    }

    public void SetMac(int index, MacAddress mac)
    {
        var request = SetLink(stackalloc byte[BufferLength], index);
        PutMac(ref request, mac);
        _socket.Execute(ref request, $"set address {mac} on link {index}");
    }

    public void Rename(int index, string name)
    {
        var request = SetLink(stackalloc byte[BufferLength], index);
        request.AttributeString(Ifla.IfName, name);
        _socket.Execute(ref request, $"rename link {index} to {name}");
    }

    public void SetAddressGenerationMode(int index, AddressGenerationMode mode)
    {
        var request = SetLink(stackalloc byte[BufferLength], index);
        int spec = request.BeginNest(Ifla.AfSpec);
        int inet6 = request.BeginNest(Libc.AF_INET6);
        request.Attribute(Ifla.Inet6AddrGenMode, (byte)mode);
        request.EndNest(inet6);
        request.EndNest(spec);
        _socket.Execute(ref request, $"set address generation mode {mode} on link {index}");
    }

    /// <summary>Sets the device's IPv4 rp_filter (0 off, 1 strict, 2 loose) without /proc; the kernel applies max(all, device).</summary>
    public void SetReversePathFilter(int index, int mode)
    {
        var request = SetLink(stackalloc byte[BufferLength], index);
        int spec = request.BeginNest(Ifla.AfSpec);
        int inet = request.BeginNest(Libc.AF_INET);
        int conf = request.BeginNest(Ifla.InetConf);
        request.Attribute(Ifla.Ipv4DevconfRpFilter, mode);
        request.EndNest(conf);
        request.EndNest(inet);
        request.EndNest(spec);
        _socket.Execute(ref request, $"set rp_filter {mode} on link {index}");
    }

    private static Link? Parse(ushort type, ReadOnlySpan<byte> body) => type == Rtm.NewLink ? Link.Parse(body) : null;

    private static Link? OrNull(Func<Link> get)
    {
        try
        {
            return get();
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.ENODEV)
        {
            return null;
        }
    }

    private static MessageWriter NewLink(Span<byte> buffer, string name, MacAddress? mac, int? mtu)
    {
        var request = new MessageWriter(buffer, Rtm.NewLink, Nlm.Create | Nlm.Exclusive);
        PutHeader(ref request, 0);
        PutIdentity(ref request, name, mac, mtu);
        return request;
    }

    private static MessageWriter SetLink(Span<byte> buffer, int index)
    {
        var request = new MessageWriter(buffer, Rtm.SetLink, 0);
        PutHeader(ref request, index);
        return request;
    }

    private static void PutIdentity(ref MessageWriter request, string name, MacAddress? mac, int? mtu)
    {
        request.AttributeString(Ifla.IfName, name);
        if (mac is { } address)
        {
            PutMac(ref request, address);
        }

        if (mtu is { } bytes)
        {
            request.Attribute(Ifla.Mtu, bytes);
        }
    }

    private static void PutOffloadSizes(ref MessageWriter request, OffloadSizes? sizes)
    {
        if (sizes is { } all)
        {
            request.Attribute(Ifla.GsoMaxSize, all.Gso);
            request.Attribute(Ifla.GroMaxSize, all.Gro);
            request.Attribute(Ifla.GsoIPv4MaxSize, all.GsoIPv4);
            request.Attribute(Ifla.GroIPv4MaxSize, all.GroIPv4);
        }
    }

    private static void PutMac(ref MessageWriter request, MacAddress mac)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Length];
        mac.CopyTo(bytes);
        request.Attribute(Ifla.Address, bytes);
    }

    /// <summary>struct ifinfomsg.</summary>
    private static void PutHeader(ref MessageWriter request, int index, LinkFlags flags = LinkFlags.None, LinkFlags change = LinkFlags.None)
    {
        request.Put(0);
        request.Put(index);
        request.Put((int)flags);
        request.Put((int)change);
    }

    private void SetFlags(int index, LinkFlags flags, string word)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.NewLink, 0);
        PutHeader(ref request, index, flags, LinkFlags.Up);
        _socket.Execute(ref request, $"set link {index} {word}");
    }

    private bool Deleted(ref MessageWriter request, FormattableString operation)
    {
        try
        {
            _socket.Execute(ref request, operation);
            return true;
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.ENODEV)
        {
            return false;
        }
    }
}
