using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Netweir.Support.Lab;
using Netweir.Support.Traffic;

namespace Netweir.E2e.Tests;

/// <summary>How fast one TCP connection is with the kernel's own choice of buffers, each end in a thread on a core that it is told.</summary>
internal sealed partial class StreamRate : IDisposable
{
    private const int Port = 7300;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Measured = TimeSpan.FromMilliseconds(600);
    private readonly SocketFactory _client;
    private readonly SocketFactory _server;
    private readonly LabHost _to;
    private Socket? _listener;

    public StreamRate(LabHost from, LabHost to)
    {
        _client = new SocketFactory(from.InNamespace);
        _server = new SocketFactory(to.InNamespace);
        _to = to;
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _client.Dispose();
        _server.Dispose();
    }

    /// <summary>Gbit/s of payload, as the receiver has it.</summary>
    public async Task<double> MeasureAsync(IPAddress target, int sendingCore, int receivingCore)
    {
        _listener ??= await _server.CreateAsync(AddressFamily.InterNetworkV6, SocketType.Stream, s =>
        {
            s.DualMode = true;
            s.Bind(new IPEndPoint(IPAddress.IPv6Any, Port));
            s.Listen();
        });
        using var sending = await _client.CreateAsync(target.AddressFamily, SocketType.Stream);
        // Not the asynchronous ones: after these the runtime waits for the socket in a thread of its own, on any core.
        sending.Connect(new IPEndPoint(target, Port));
        using var receiving = _listener.Accept();
        var received = 0L;
        var threads = new[]
        {
            OnCore(receivingCore, buffer => received += receiving.Receive(buffer)),
            OnCore(sendingCore, buffer => sending.Send(buffer)),
        };
        await Task.Delay(WarmUp);
        var (bytes, start) = (Volatile.Read(ref received), Stopwatch.GetTimestamp());
        await Task.Delay(Measured);
        var rate = (Volatile.Read(ref received) - bytes) * 8 / Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        sending.Dispose();
        receiving.Dispose();
        foreach (var thread in threads)
        {
            Assert.True(thread.Join(TimeSpan.FromSeconds(5)), $"a connection to {_to.Name} does not end");
        }

        return rate;
    }

    /// <summary>Repeats it until the socket is closed.</summary>
    private static Thread OnCore(int core, Action<byte[]> exchange)
    {
        var thread = new Thread(() =>
        {
            StayOn(core);
            var buffer = new byte[256 << 10];
            try
            {
                while (true)
                {
                    exchange(buffer);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It was.
            }
        })
        { IsBackground = true };
        thread.Start();
        return thread;
    }

    private static void StayOn(int core)
    {
        ulong mask = 1UL << core;
        Assert.Equal(0, sched_setaffinity(0, sizeof(ulong), in mask));
    }

    /// <param name="thread">0: the calling one.</param>
    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int thread, nuint size, in ulong mask);
}
