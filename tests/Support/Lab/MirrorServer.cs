using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Netweir.Support.Lab;

/// <summary>TCP that returns every byte until the client has sent all, then closes.</summary>
public sealed class MirrorServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly Socket _listener;
    private readonly Task _accepting;

    private MirrorServer(Socket listener)
    {
        _listener = listener;
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _stop.Dispose();
    }

    internal static async Task<MirrorServer> StartAsync(IPEndPoint endpoint, Traffic.SocketFactory sockets) =>
        new(await sockets.CreateAsync(endpoint.AddressFamily, SocketType.Stream, socket =>
        {
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = endpoint.Address.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(endpoint);
            socket.Listen(128);
        }));

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var task = ReturnAsync(await _listener.AcceptAsync(_stop.Token));
                _connections.TryAdd(task, 0);
                _ = task.ContinueWith(t => _connections.TryRemove(t, out _), TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task ReturnAsync(Socket client)
    {
        using (client)
        {
            var buffer = new byte[65536];
            try
            {
                for (int length; (length = await client.ReceiveAsync(buffer, _stop.Token)) > 0;)
                {
                    for (var sent = 0; sent < length;)
                    {
                        sent += await client.SendAsync(buffer.AsMemory(sent..length), _stop.Token);
                    }
                }

                client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The client's end of it fails, too, and tells.
            }
        }
    }
}
