using System.Net;
using System.Net.Sockets;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller.Tests;

public sealed class AgentExternalRouteTests : IDisposable
{
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void External_addresses_are_routed_while_a_service_has_them()
    {
        _agent.Ready();
        Apply("203.0.113.9", "10.0.0.2", "169.254.169.254");
        _agent.WaitFor(() => Rules() == 3, 10, "routing the external address");
        Assert.Equal(["203.0.113.9/32"], Routed());
        _agent.Says("service address 169.254.169.254 is not served to this host's processes");

        Apply("203.0.113.10");
        _agent.WaitFor(() => Routed() is ["203.0.113.10/32"], 10, "routing the other address");
        Assert.Equal(0, _agent.Stop());
        Assert.Equal(["203.0.113.10/32"], Routed());
        _agent.Start();
        _agent.WaitReady();
        Assert.Equal(["203.0.113.10/32"], Routed());

        _agent.Api.Delete("services", "default", "web");
        _agent.WaitFor(() => Routed().Count == 0 && Rules() == 0, 10, "rid of the route and the rules");
    }

    [Fact]
    public void Rules_and_routes_that_something_else_removes_are_back_soon()
    {
        _agent.Ready();
        Apply("203.0.113.9");
        _agent.WaitFor(() => Rules() == 3, 10, "routing the external address");

        foreach (var rule in _agent.Node.Netlink.Rules.List().Where(r => r.Protocol == RouteProtocol.Netweir))
        {
            _agent.Node.Netlink.Rules.Delete(rule);
        }
        foreach (var route in External())
        {
            _agent.Node.Netlink.Routes.Delete(route);
        }

        var back = _agent.WaitFor(() => Rules() == 3 && Routed().Count == 1, 10, "routing it again");
        // Two seconds are promised; a machine that is busy with other tests takes longer.
        Assert.True(back < TimeSpan.FromSeconds(5), $"it took {back}");
    }

    [Theory]
    [InlineData("203.0.113.9", "10.0.0.254")]
    [InlineData("2001:db8::9", "fd00::fe")]
    public void Ports_that_no_service_has_are_reached_where_the_address_is(string address, string gateway)
    {
        using var listener = Serve(address, gateway);
        _agent.ReadyDual();
        Apply("203.0.113.9", "2001:db8::9");
        _agent.WaitFor(() => Rules() == 6, 10, "routing the external addresses");

        using var client = Connect(address, 8081);

        Assert.Equal(gateway.Contains('.', StringComparison.Ordinal) ? "10.0.0.1" : "fd00::1", $"{((IPEndPoint)client.LocalEndPoint!).Address}");
        Assert.Contains("dev nw_host", _agent.Node.RouteGet(address, "ipproto", "tcp", "dport", "8081"), StringComparison.Ordinal);
    }

    /// <summary>Somebody outside who has the address, and listens on port 8081 of it.</summary>
    private Socket Serve(string address, string gateway)
    {
        using var outside = Rtnetlink.Open(_agent.Node.Outside);
        outside.Links.SetUp(NetworkNames.LoopbackIndex);
        foreach (var (text, index) in new[] { (address, NetworkNames.LoopbackIndex), (gateway, outside.Links.Get("lan").Index) })
        {
            var ip = IPAddress.Parse(text);
            outside.Addresses.Replace(new InterfaceAddress
            {
                LinkIndex = index,
                Address = ip,
                PrefixLength = index == NetworkNames.LoopbackIndex ? ip.ToNetwork().PrefixLength : ip.IsIPv4() ? 24 : 64,
                Flags = ip.IsIPv4() ? AddressFlags.None : AddressFlags.NoDad,
            });
        }
        return _agent.Node.Outside.Run(() =>
        {
            var ip = IPAddress.Parse(address);
            var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(ip, 8081));
            socket.Listen();
            return socket;
        });
    }

    private Socket Connect(string address, int port)
    {
        var ip = IPAddress.Parse(address);
        var socket = _agent.Node.Namespace.Run(() => new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        var connected = socket.BeginConnect(ip, port, null, null);
        Assert.True(connected.AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(5)), $"no answer from {address}:{port}");
        socket.EndConnect(connected);
        return socket;
    }

    private List<Route> External() => _agent.Node.Netlink.Routes.List(new RouteFilter { Table = NetworkNames.ExternalTable });

    private List<string> Routed() => [.. External().Select(r => r.Destination.ToString())];

    private int Rules() => _agent.Node.Netlink.Rules.List().Count(r => r.Protocol == RouteProtocol.Netweir);

    private void Apply(params string[] externalIPs) => _agent.Api.Apply(
        $$"""
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: default}
        spec:
          clusterIP: 10.96.0.9
          clusterIPs: [10.96.0.9, "fd00:96::9"]
          ipFamilies: [IPv4, IPv6]
          externalIPs: [{{string.Join(", ", externalIPs.Select(ip => $"\"{ip}\""))}}]
          ports:
          - {name: http, port: 80, protocol: TCP}
        """);
}
