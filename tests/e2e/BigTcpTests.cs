using System.Net;
using System.Net.Sockets;
using Netweir.Maps;
using Netweir.Netlink;
using Netweir.NodeState;
using Netweir.Support.Lab;
using Netweir.Support.Traffic;

namespace Netweir.E2e.Tests;

/// <summary>Packets of up to 192 KiB pass every way of the datapath unharmed. Pain: elsewhere BIG TCP and encryption, tunnels or services exclude one another silently.</summary>
public sealed class BigTcpTests(BigTcpLab lab) : IClassFixture<BigTcpLab>
{
    /// <summary>Of each of the transfers, which go there and back.</summary>
    private const int Bytes = 64 << 20;
    private const int Transfers = 4;
    private const int MirrorPort = 7100;
    private const int SinkPort = 7200;

    [Fact]
    public void Every_device_of_the_way_takes_them()
    {
        Assert.Equal(BigTcpLab.Big, BigTcpLab.Of(lab.A1, "eth0"));
        using var netlink = Rtnetlink.Open(lab.NodeA.Namespace);
        var devices = netlink.Links.List().Where(l => l.Kind == "veth" && !NetworkNames.IsOwn(l.Name)).ToList();
        // The uplink and two pods.
        Assert.Equal(3, devices.Count);
        Assert.All(devices, d => Assert.Equal(BigTcpLab.Big, d.OffloadSizes));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Between_pods_and_through_services(bool ipv6)
    {
        (IPEndPoint To, LabPod Server)[] ways =
        [
            (lab.A2.MirrorEndPoint(ipv6), lab.A2), (lab.B1.MirrorEndPoint(ipv6), lab.B1),
            (lab.OnlyA2.MirrorEndPoint(ipv6), lab.A2), (lab.OnlyB1.MirrorEndPoint(ipv6), lab.B1),
        ];
        foreach (var (to, server) in ways)
        {
            await CarriesAsync(lab.A1, to, server, lab.A1);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Between_a_pod_and_the_world_and_nodes(bool ipv6)
    {
        var world = new IPEndPoint(lab.Lab.Lan.World(ipv6).Address, MirrorPort + (ipv6 ? 1 : 0));
        await lab.Lab.Lan.MirrorAsync(world);
        await CarriesAsync(lab.A1, world, lab.Lab.Lan, lab.A1);
        await CarriesAsync(lab.NodeA, lab.B1.MirrorEndPoint(ipv6), lab.B1, lab.NodeA);
    }

    /// <summary>Each packet is answered: the first ones are large, for nothing else is sent, but for what TCP repeats.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_upload_is_reset_when_its_backend_goes(bool ipv6)
    {
        using var server = new SocketFactory(lab.A2.InNamespace);
        using var client = new SocketFactory(lab.A1.InNamespace);
        using var listener = await server.CreateAsync(AddressFamily.InterNetworkV6, SocketType.Stream, s =>
        {
            s.DualMode = true;
            s.Bind(new IPEndPoint(IPAddress.IPv6Any, SinkPort));
            s.Listen();
        });
        var service = lab.Lab.AddService($"sink-{(ipv6 ? 6 : 4)}", lab.A2.Backend with { Port = SinkPort });
        await lab.Lab.AwaitServiceAsync(service, LabCluster.AnsweredAsync);
        using var accepting = new CancellationTokenSource();
        var sink = SinkAsync(listener, accepting.Token);
        using var socket = await client.CreateAsync(service.EndPoint(ipv6).AddressFamily, SocketType.Stream);
        await socket.ConnectAsync(service.EndPoint(ipv6));
        var upload = UploadAsync(socket);
        var before = lab.LargeReceived(lab.A2);
        await Wait.UntilAsync("large packets are sent", TimeSpan.FromSeconds(5), () => lab.LargeReceived(lab.A2) > before);

        var resets = new PacketCounter(lab.A1, "eth0", PacketCounter.Resets);
        using var maps = NetweirMaps.OpenPinned(lab.NodeA.BpfRoot);
        var refused = Refused(maps);
        lab.Lab.SetBackends(service);
        // Where the reset meets a chunk that is partly sent, the runtime keeps it to itself, and the next chunk finds a closed pipe.
        Assert.True(await upload.WaitAsync(TimeSpan.FromSeconds(5)) is SocketError.ConnectionReset or SocketError.Shutdown);
        var received = resets.Count();
        Assert.True(received > 0);
        Assert.Equal(Refused(maps) - refused, received);
        await accepting.CancelAsync();
        await sink;
    }

    /// <summary>Packets to a service that lost its backend.</summary>
    private static long Refused(NetweirMaps maps) => maps.Drops.Entries()
        .Where(d => (DropReason)(d.Key / (uint)Hook.Max) is DropReason.BackendGone or DropReason.NotAFlow or DropReason.NoBackend)
        .Sum(d => d.Value.Sum(c => (long)c.Packets));

    private static async Task<SocketError> UploadAsync(Socket socket)
    {
        var chunk = new byte[1 << 20];
        try
        {
            while (true)
            {
                await socket.SendAsync(chunk);
            }
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    /// <summary>Takes all that is sent, of one connection after the other.</summary>
    private static async Task SinkAsync(Socket listener, CancellationToken stop)
    {
        var buffer = new byte[1 << 20];
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var connection = await listener.AcceptAsync(stop);
                while (await connection.ReceiveAsync(buffer, stop) > 0)
                {
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // A client that only looked whether somebody listens; or the end of the test, which the connection is not told of.
            }
        }
    }

    /// <summary>There and back; both are seen where they arrive.</summary>
    private async Task CarriesAsync(LabHost from, IPEndPoint to, params LabHost[] receivers)
    {
        var before = receivers.Select(lab.LargeReceived).ToList();
        for (var i = 0; i < Transfers; i++)
        {
            await from.TransferAsync(to, Bytes);
        }

        for (var i = 0; i < receivers.Length; i++)
        {
            Assert.True(lab.LargeReceived(receivers[i]) - before[i] >= Transfers, $"{from.Name} to {to}: {receivers[i].Name} received no packets of more than 64 KiB");
        }
    }
}
