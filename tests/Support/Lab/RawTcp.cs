using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Netweir.Support.Packets;

namespace Netweir.Support.Lab;

/// <summary>A raw socket in a host's namespace: sends crafted TCP segments, and notes every segment that the host's stack gets.</summary>
public sealed class RawTcp : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Packet> _received = new();
    private readonly Socket _socket;
    private readonly IPAddress _own;
    private readonly Task _reading;

    private RawTcp(Socket socket, IPAddress own)
    {
        _socket = socket;
        _own = own;
        _reading = ReadAsync();
    }

    /// <summary>In order; addresses and L4 only.</summary>
    public IReadOnlyList<Packet> Received => [.. _received];

    /// <param name="host">Whose packets.</param>
    /// <param name="own">One of its addresses.</param>
    public static async Task<RawTcp> OpenAsync(LabHost host, IPAddress own)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(own);
        return new RawTcp(await host.Sockets.CreateAsync(own.AddressFamily, SocketType.Raw, s => s.Bind(new IPEndPoint(own, 0)), ProtocolType.Tcp), own);
    }

    /// <summary>The kernel writes the IP header: the packet's source must be the address that this socket was opened for.</summary>
    public async Task SendAsync(Packet packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        var ip = packet.NeedIp();
        await _socket.SendToAsync(PacketWriter.Segment(packet, ip), new IPEndPoint(ip.Destination, 0));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[65536];
        var any = new IPEndPoint(_own.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(buffer, any, _stop.Token);
                _received.Enqueue(Read(buffer.AsSpan(0, received.ReceivedBytes), (IPEndPoint)received.RemoteEndPoint));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Stopped.
        }
    }

    /// <summary>IPv4 comes with its header, IPv6 without.</summary>
    private Packet Read(ReadOnlySpan<byte> bytes, IPEndPoint from)
    {
        if (_own.AddressFamily == AddressFamily.InterNetwork)
        {
            return Packet.ParseIp(bytes, verifyChecksums: false);
        }

        IpHeader ip = new IPv6Header { Source = new IPAddress(from.Address.GetAddressBytes()), Destination = _own };
        return new SegmentReader(new PacketReader(verifyChecksums: false), ip, isWhole: true, verifyChecksums: false).Read(IpProtocol.Tcp, bytes) with { Ip = ip };
    }
}
