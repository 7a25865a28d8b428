using System.Net;

namespace Netweir.Datapath.Tests.Harness;

/// <summary>One node's datapath with its maps, filled by a fluent description.</summary>
internal sealed class TestNode : IDisposable
{
    public static readonly EthernetAddress HostMac = new(0x02_00_00_00_00_11);
    public static readonly EthernetAddress UplinkMac = new(0x02_00_00_00_00_10);
    public static readonly EthernetAddress RouterMac = new(0x02_00_00_00_fe_01);
    public static readonly EthernetAddress NetMac = new(0x02_00_00_00_00_12);
    private readonly Datapath _datapath;
    private uint _services;
    private uint _backends;
    private ulong _epoch;

    /// <param name="previous">Its programs' flows are taken over when the configuration says so (Migrating).</param>
    public TestNode(string name, in Config config, TestNode? previous = null)
    {
        Name = name;
        Config = config;
        _datapath = new Datapath(config, previous?._datapath);
        Endpoints = _datapath.Map(MapSpecs.Endpoints);
        Epoch = _datapath.Map(MapSpecs.Epoch);
        BackendEpoch = _datapath.Map(MapSpecs.BackendEpoch);
        Ipcache = _datapath.Map(MapSpecs.Ipcache);
        Uplinks = _datapath.Map(MapSpecs.Uplinks);
        Frontends = _datapath.Map(MapSpecs.Frontends, NewBackends);
        Slots = _datapath.Map(MapSpecs.Slots);
        Backends = _datapath.Map(MapSpecs.Backends, NewBackends);
        BackendRefs = _datapath.Map(MapSpecs.BackendRefs, NewBackends);
        SourceRanges = _datapath.Map(MapSpecs.SourceRanges);
        Affinity = _datapath.Map(MapSpecs.Affinity);
        Conntrack = _datapath.Map(MapSpecs.Conntrack, NewBackends);
        NewEpoch();
    }

    public string Name { get; }

    public Config Config { get; }

    public Datapath Datapath => _datapath;

    public TestMap<Address, Endpoint> Endpoints { get; }

    public TestMap<uint, ulong> Epoch { get; }

    public TestMap<uint, ulong> BackendEpoch { get; }

    public TestMap<IpcacheKey, IpcacheEntry> Ipcache { get; }

    public TestMap<uint, Uplink> Uplinks { get; }

    public TestMap<FrontendKey, Frontend> Frontends { get; }

    public TestMap<uint, uint> Slots { get; }

    public TestMap<uint, Backend> Backends { get; }

    public TestMap<FrontendKey, uint> BackendRefs { get; }

    public TestMap<SourceRangeKey, uint> SourceRanges { get; }

    public TestMap<AffinityKey, Affinity> Affinity { get; }

    public TestMap<FlowTuple, ConntrackEntry> Conntrack { get; }

    /// <summary>The same node with new programs and a flow table of their own, which are to take over from these; other maps have the same content.</summary>
    public TestNode Successor()
    {
        var next = new TestNode($"{Name}, upgraded", Config with { Migrating = 1 }, this) { _services = _services, _backends = _backends, _epoch = _epoch };
        Endpoints.CopyTo(next.Endpoints);
        Epoch.CopyTo(next.Epoch);
        BackendEpoch.CopyTo(next.BackendEpoch);
        Ipcache.CopyTo(next.Ipcache);
        Uplinks.CopyTo(next.Uplinks);
        Frontends.CopyTo(next.Frontends);
        Slots.CopyTo(next.Slots);
        Backends.CopyTo(next.Backends);
        BackendRefs.CopyTo(next.BackendRefs);
        SourceRanges.CopyTo(next.SourceRanges);
        return next;
    }

    public static EthernetAddress PodMac(Device pod) => new(0x02_00_00_00_01_00 + (ulong)pod);

    /// <summary>What the pod knows its gateway by.</summary>
    public static EthernetAddress GatewayMac(Device pod) => new(0x02_00_00_00_02_00 + (ulong)pod);

    public static Mac MacOf(EthernetAddress address) => new(address.ToBytes());

    public TestNode Pod(string address, Device device)
    {
        Endpoints[Address.Parse(address)] = new Endpoint
        {
            Ifindex = (uint)device,
            Mac = MacOf(PodMac(device)),
            HostMac = MacOf(GatewayMac(device)),
        };
        NewEpoch();
        return this;
    }

    public TestNode Place(
        string prefix, IpcacheKind kind, string? node = null, IpcacheRouting routing = IpcacheRouting.None, Device? over = null, int mtu = 0)
    {
        Ipcache[Prefix(prefix)] = new IpcacheEntry
        {
            Node = node is null ? default : Address.Parse(node),
            Ifindex = (uint)(over ?? 0),
            Mtu = (ushort)mtu,
            Kind = (byte)kind,
            Routing = (byte)routing,
        };
        NewEpoch();
        return this;
    }

    public TestNode Uplink(Device device, string? ipv4, string? ipv6, uint mtu = 1500)
    {
        Uplinks[(uint)device] = new Uplink
        {
            Ipv4 = ipv4 is null ? default : Address.Parse(ipv4),
            Ipv6 = ipv6 is null ? default : Address.Parse(ipv6),
            Mtu = mtu,
        };
        return this;
    }

    /// <summary>A service without backends yet.</summary>
    public TestService Service(string address, int port, byte protocol = IpProtocol.Tcp) => new(
        this,
        ++_services,
        new FrontendKey { Address = Address.Parse(address), Port = (ushort)port, Protocol = protocol });

    /// <summary>A service at all addresses of the node, in the family of <paramref name="net"/>.</summary>
    public TestService NodePort(Net net, int port, byte protocol = IpProtocol.Tcp) => Service(net.IsIPv6 ? "::" : "0.0.0.0", port, protocol);

    public uint NextBackend() => ++_backends;

    public void NewEpoch() => Epoch[0] = ++_epoch;

    /// <summary>As the agent does after it wrote backends or frontends; here also after a flow was changed by hand.</summary>
    private void NewBackends() => BackendEpoch[0] = ++_epoch;

    public Outcome FromPod(Packet packet, Device pod = Device.Pod1, uint gsoSize = 0) =>
        Run(Hook.FromPod, packet.Mac(PodMac(pod), GatewayMac(pod)), pod, gsoSize);

    public Outcome ToPod(Packet packet, Device pod = Device.Pod1) =>
        Run(Hook.ToPod, packet.Mac(GatewayMac(pod), PodMac(pod)), pod);

    public Outcome FromNetdev(Packet packet) => Run(Hook.FromNetdev, packet.Mac(RouterMac, UplinkMac), Device.Uplink);

    /// <summary>A frame that the uplink sees, but that is for another host.</summary>
    public Outcome FromNetdevForOther(Packet packet) => Run(Hook.FromNetdev, packet.Mac(RouterMac, HostMac), Device.Uplink);

    public Outcome ToNetdev(Packet packet) => Run(Hook.ToNetdev, packet, Device.Uplink);

    public Outcome FromOverlay(Packet packet) => Run(Hook.FromOverlay, packet, Device.Overlay);

    /// <summary>From this host to itself: the loopback has no link-layer addresses.</summary>
    public Outcome FromLoopback(Packet packet) => Run(Hook.FromLoopback, packet, Device.Loopback);

    public Outcome FromHost(Packet packet) => Run(Hook.FromHost, packet.Mac(HostMac, NetMac), Device.Net);

    public Outcome Run(Hook hook, Packet packet, Device device, uint gsoSize = 0)
    {
        var before = _datapath.Drops();
        var raw = _datapath.Run(hook, packet.Serialize(), device, gsoSize);
        var drops = _datapath.Drops()
            .Select(d => (d.Key, Value: d.Value - before.GetValueOrDefault(d.Key)))
            .Where(d => d.Value > 0)
            .ToDictionary(d => d.Key, d => d.Value);
        return new Outcome(this, packet, raw, drops);
    }

    /// <summary>Bytes that need not be a packet.</summary>
    public (int Verdict, IReadOnlyList<DropReason> Drops) RunBytes(Hook hook, byte[] bytes, Device device)
    {
        var before = _datapath.Drops();
        var raw = _datapath.Run(hook, bytes, device);
        return ((int)raw.ReturnValue, [.. _datapath.Drops().Where(d => d.Value > before.GetValueOrDefault(d.Key)).Select(d => d.Key.Reason)]);
    }

    public static FlowTuple TupleOf(Packet packet)
    {
        var (sport, dport) = packet.L4 switch
        {
            PortHeader ports => (ports.SourcePort, ports.DestinationPort),
            IcmpHeader { IsEchoRequest: true } echo => (echo.Id, (ushort)0),
            IcmpHeader { IsEchoReply: true } echo => ((ushort)0, echo.Id),
            _ => ((ushort)0, (ushort)0),
        };
        return new FlowTuple
        {
            Saddr = packet.Ip!.Source,
            Daddr = packet.Ip!.Destination,
            Sport = sport,
            Dport = dport,
            Protocol = packet.L4!.Protocol,
        };
    }

    /// <summary>The entry of packets like this one, if there is one.</summary>
    public ConntrackEntry? EntryOf(Packet packet) => Conntrack.Find(TupleOf(packet));

    /// <summary>Changes the entry of packets like this one.</summary>
    public void Change(Packet packet, Func<ConntrackEntry, ConntrackEntry> change) =>
        Conntrack[TupleOf(packet)] = change(Conntrack[TupleOf(packet)]);

    public void Dispose() => _datapath.Dispose();

    private static IpcacheKey Prefix(string text)
    {
        var network = IPNetwork.Parse(text);
        Address address = network.BaseAddress;
        var bits = network.PrefixLength + (address.IsIPv4 ? Address.IPv4PrefixOffset : 0);
        return new IpcacheKey { PrefixLength = (uint)bits, Address = address };
    }
}
