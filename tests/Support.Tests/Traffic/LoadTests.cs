using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Netweir.Support.Traffic;

namespace Netweir.Support.Tests.Traffic;

[Collection("traffic")]
public sealed class LoadTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Tcp_load_keeps_its_rate_with_a_connection_for_each_request(string address)
    {
        await using var server = await EchoServer.StartAsync("web-1", new IPEndPoint(IPAddress.Parse(address), 0));
        var report = await TcpLoad.RunAsync(new() { Target = server.Endpoints[0], RequestsPerSecond = 100, Timeout = TimeSpan.FromSeconds(5) });
        Assert.Equal((100, 0), (report.Answered + report.Skipped, report.Failed));
        Assert.Equal(report.Requests, server.TcpConnections);
        Assert.Equal(report.Requests, report.ByServer["web-1"]);
        Assert.Equal(report.Requests, report.ByClientAddress[address]);
        Assert.True(TimeSpan.Zero < report.P50 && report.P50 <= report.P99 && report.P99 <= report.Max, report.ToString());
    }

    [Fact]
    public async Task Tcp_load_can_keep_its_connections()
    {
        await using var server = await EchoServer.StartAsync("web-1", AnyPort);
        var report = await TcpLoad.RunAsync(new()
        {
            Target = server.Endpoints[0],
            Workers = 3,
            RequestsPerSecond = 0,
            RequestBytes = 3000,
            KeepConnections = true,
            Duration = TimeSpan.FromSeconds(1),
            Timeout = TimeSpan.FromSeconds(5),
        });
        Assert.Equal(3, server.TcpConnections);
        Assert.Equal(0, report.Failed);
        Assert.True(report.Requests > 30, report.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Udp_load_gets_all_answers(bool keep)
    {
        await using var server = await EchoServer.StartAsync("dns-1", AnyPort);
        var report = await UdpLoad.RunAsync(new()
        {
            Target = server.Endpoints[0],
            RequestsPerSecond = 100,
            KeepConnections = keep,
            Timeout = TimeSpan.FromSeconds(5),
        });
        Assert.Equal((100, 0), (report.Answered + report.Skipped, report.Failed));
        Assert.Equal(report.Requests, server.UdpRequests);
    }

    [Fact]
    public async Task Closed_port_is_refused()
    {
        IPEndPoint closed;
        await using (var server = await EchoServer.StartAsync("gone", AnyPort))
        {
            closed = server.Endpoints[0];
        }
        var options = Patient(closed);
        AssertOnly(LoadFailure.Refused, await TcpLoad.RunAsync(options));
        AssertOnly(LoadFailure.Refused, await UdpLoad.RunAsync(options));
    }

    [Fact]
    public async Task Silence_is_a_timeout()
    {
        await using var silent = new OddServer((_, stop) => Task.Delay(Timeout.Infinite, stop));
        AssertOnly(LoadFailure.Timeout, await TcpLoad.RunAsync(Short(silent.Endpoint)));

        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        deaf.Bind(AnyPort);
        AssertOnly(LoadFailure.Timeout, await UdpLoad.RunAsync(Short((IPEndPoint)deaf.LocalEndPoint!)));
    }

    [Fact]
    public async Task Reset_close_and_wrong_answers_are_told_apart()
    {
        await using var resetting = new OddServer(async (client, stop) =>
        {
            await client.ReceiveAsync(new byte[100], stop);
            client.LingerState = new(true, 0);
        });
        AssertOnly(LoadFailure.Reset, await TcpLoad.RunAsync(Patient(resetting.Endpoint)));
        await using var closing = new OddServer(async (client, stop) => await client.ReceiveAsync(new byte[100], stop));
        AssertOnly(LoadFailure.Closed, await TcpLoad.RunAsync(Patient(closing.Endpoint)));
        await using var lying = new OddServer(async (client, stop) =>
        {
            await client.ReceiveAsync(new byte[100], stop);
            await client.SendAsync("web-1 127.0.0.1:1 another-request\n"u8.ToArray(), stop);
        });
        AssertOnly(LoadFailure.WrongAnswer, await TcpLoad.RunAsync(Patient(lying.Endpoint)));
    }

    [Fact]
    public async Task Late_udp_answer_is_one_lost_request_and_no_wrong_answer()
    {
        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        slow.Bind(AnyPort);
        await using var load = UdpLoad.Start(Short((IPEndPoint)slow.LocalEndPoint!) with
        {
            KeepConnections = true,
            Workers = 1,
            RequestsPerSecond = 0,
            Duration = TimeSpan.FromSeconds(10),
            Timeout = TimeSpan.FromSeconds(1),
        });
        var buffer = new byte[100];
        var first = await slow.ReceiveFromAsync(buffer, AnyPort);
        var second = await slow.ReceiveFromAsync(buffer.AsMemory(50), AnyPort);
        Assert.Equal(first.RemoteEndPoint, second.RemoteEndPoint);
        await slow.SendToAsync("d 127.0.0.1:1 0"u8.ToArray(), first.RemoteEndPoint);
        await slow.SendToAsync("d 127.0.0.1:1 1"u8.ToArray(), first.RemoteEndPoint);
        var report = await load.StopAsync();
        Assert.Equal(1, report.ByServer["d"]);
        Assert.Equal([LoadFailure.Timeout], report.Failures.Keys);
    }

    [Fact]
    public async Task Latency_is_what_the_server_took()
    {
        await using var slow = new OddServer(async (client, stop) =>
        {
            var buffer = new byte[100];
            var length = await client.ReceiveAsync(buffer, stop);
            await Task.Delay(200, stop);
            await client.SendAsync((byte[])[.. "s 127.0.0.1:1 "u8, .. buffer[..length]], stop);
        });
        var report = await TcpLoad.RunAsync(Patient(slow.Endpoint));
        Assert.Equal(0, report.Failed);
        Assert.InRange(report.P50, TimeSpan.FromMilliseconds(195), TimeSpan.FromMilliseconds(1000));
    }

    [Fact]
    public async Task Stopped_load_ends_early_and_reports()
    {
        await using var server = await EchoServer.StartAsync("web-1", AnyPort);
        var clock = Stopwatch.StartNew();
        await using var load = TcpLoad.Start(new() { Target = server.Endpoints[0], Duration = TimeSpan.FromMinutes(5) });
        Assert.True(await EventuallyAsync(() => load.Snapshot().Answered > 0));
        var report = await load.StopAsync();
        Assert.Equal(0, report.Failed);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Load_without_workers_is_refused() =>
        Assert.Throws<ArgumentException>(() => TcpLoad.Start(new() { Target = AnyPort, Workers = 0 }));

    internal static async Task<bool> EventuallyAsync(Func<bool> condition)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(10);)
        {
            if (condition())
            {
                return true;
            }
            await Task.Delay(10);
        }
        return false;
    }

    private static LoadOptions Short(IPEndPoint target) => new()
    {
        Target = target,
        Workers = 2,
        RequestsPerSecond = 20,
        Duration = TimeSpan.FromMilliseconds(300),
        Timeout = TimeSpan.FromMilliseconds(150),
    };

    /// <summary>For what fails at once, or succeeds, also on a machine that is busy for a while.</summary>
    private static LoadOptions Patient(IPEndPoint target) => Short(target) with { Timeout = TimeSpan.FromSeconds(5) };

    private static void AssertOnly(LoadFailure kind, LoadReport report)
    {
        Assert.True(report.Requests > 0 && report.Answered == 0, report.ToString());
        Assert.Equal([kind], report.Failures.Keys);
        Assert.NotEmpty(report.FailureExamples[kind]);
    }
}
