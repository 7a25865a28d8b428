using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller.Tests;

/// <summary>A network namespace that looks like a node: eth0 (a veth whose peer is in a second namespace) with 10.0.0.1/24, fd00::1/64 and default routes.</summary>
internal sealed class TestNode : IDisposable
{
    private readonly string _name = $"nwa-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly NetworkNamespace _outside;
    private readonly Meter _meter = new("test");

    public TestNode()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("nw-agent-").FullName;
        Ledger = new LedgerWriter(new Ledger(Path.Combine(Directory, "state")));
        Namespace = NetworkNamespace.Create(_name);
        // Else the kernel itself tells of addresses seconds after they were given.
        Namespace.Run(() => Sysctl.Write("net/ipv6/conf/default/accept_dad", "0"));
        _outside = NetworkNamespace.Create(_name + "o");
        Netlink = Rtnetlink.Open(Namespace);
        Netlink.Links.SetUp(1);
        Netlink.Links.CreateVeth(new VethSpec { Name = "eth0", PeerName = "lan", PeerNamespace = _outside, Mtu = 1500 });
        Uplink = Netlink.Links.Get("eth0").Index;
        Address("10.0.0.1", 24);
        Address("fd00::1", 64);
        Netlink.Links.SetUp(Uplink);
        using var outside = Rtnetlink.Open(_outside);
        outside.Links.SetUp(outside.Links.Get("lan").Index);
        Default("0.0.0.0/0", "10.0.0.254");
        Default("::/0", "fd00::fe");
        Tampering = new TamperLog(_meter.CreateCounter<long>("changes"), NullLogger.Instance);
        _listener.InstrumentPublished = (i, l) =>
        {
            if (i.Meter == _meter)
            {
                l.EnableMeasurementEvents(i);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, m, tags, _) => Tampered.Add((string)tags[0].Value!));
        _listener.Start();
    }

    private readonly MeterListener _listener = new();

    public string Directory { get; }

    public NetworkNamespace Namespace { get; }

    public string NamespaceName => _name;

    /// <summary>Where eth0's peer <c>lan</c> is, up and without addresses.</summary>
    public NetworkNamespace Outside => _outside;

    public Rtnetlink Netlink { get; }

    public int Uplink { get; }

    public TamperLog Tampering { get; }

    public LedgerWriter Ledger { get; }

    /// <summary>Kinds of what was found changed and put back.</summary>
    public List<string> Tampered { get; } = [];

    public void Address(string address, int prefix) => Netlink.Addresses.Replace(new InterfaceAddress
    {
        LinkIndex = Uplink,
        Address = IPAddress.Parse(address),
        PrefixLength = prefix,
        Flags = address.Contains(':', StringComparison.Ordinal) ? AddressFlags.NoDad : AddressFlags.None,
    });

    public List<Route> OwnRoutes() => Netlink.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir, Table = Route.MainTable });

    /// <summary>What <c>ip route get</c> says in the node.</summary>
    public string RouteGet(string address, params string[] more)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", ["-n", _name, "route", "get", address, .. more]) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
        Netlink.Dispose();
        Namespace.Dispose();
        _outside.Dispose();
        NetworkNamespace.Delete(_name);
        NetworkNamespace.Delete(_name + "o");
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private void Default(string destination, string gateway) => Netlink.Routes.Add(new Route
    {
        Destination = IPNetwork.Parse(destination),
        Gateway = IPAddress.Parse(gateway),
        LinkIndex = Uplink,
        Protocol = RouteProtocol.Static,
    });
}
