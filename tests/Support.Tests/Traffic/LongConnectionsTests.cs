using System.Net;
using Netweir.Support.Traffic;

namespace Netweir.Support.Tests.Traffic;

[Collection("traffic")]
public sealed class LongConnectionsTests
{
    [Fact]
    public async Task Connections_exchange_until_stopped()
    {
        await using var server = await EchoServer.StartAsync("web-1", new IPEndPoint(IPAddress.Loopback, 0));
        await using var connections = await LongConnections.StartAsync(Options(server.Endpoints[0], 5));
        Assert.True(await LoadTests.EventuallyAsync(() => connections.Snapshot().Exchanges.Answered > 50));
        var report = await connections.StopAsync();
        Assert.Equal((5, 5, 0), (report.Opened, report.Alive, report.Exchanges.Failed));
        Assert.Equal(5, server.TcpConnections);
    }

    [Fact]
    public async Task Lost_connections_are_counted_and_not_opened_again()
    {
        var server = await EchoServer.StartAsync("web-1", new IPEndPoint(IPAddress.Loopback, 0));
        var endpoint = server.Endpoints[0];
        await using var connections = await LongConnections.StartAsync(Options(endpoint, 3));
        await server.DisposeAsync();
        Assert.True(await LoadTests.EventuallyAsync(() => connections.Snapshot().Alive == 0));
        await using var again = await EchoServer.StartAsync("web-2", endpoint);
        var report = await connections.StopAsync();
        Assert.Equal((3, 0, 3), (report.Opened, report.Alive, report.Exchanges.Failed));
        Assert.Equal(0, again.TcpConnections);

        await again.DisposeAsync();
        await using var none = await LongConnections.StartAsync(Options(endpoint, 2));
        Assert.Equal((0, 2), (none.Snapshot().Opened, none.Snapshot().Exchanges.Failures[LoadFailure.Refused]));
    }

    [Fact]
    public async Task Slow_answer_is_a_stall_and_silence_a_lost_connection()
    {
        await using var slow = new OddServer(async (client, stop) =>
        {
            var buffer = new byte[100];
            await client.ReceiveAsync(buffer, stop);
            await Task.Delay(300, stop);
            await client.SendAsync("s 127.0.0.1:1 0\n"u8.ToArray(), stop);
            await Task.Delay(Timeout.Infinite, stop);
        });
        await using var connections = await LongConnections.StartAsync(
            Options(slow.Endpoint, 1) with { StallAfter = TimeSpan.FromMilliseconds(50), GiveUpAfter = TimeSpan.FromSeconds(1.5) });
        Assert.True(await LoadTests.EventuallyAsync(() => connections.Snapshot().Alive == 0));
        var report = await connections.StopAsync();
        Assert.Equal((2, 1, 1), (report.Stalls, report.Exchanges.Answered, report.Exchanges.Failures[LoadFailure.Timeout]));
    }

    private static LongConnectionsOptions Options(IPEndPoint target, int count) => new()
    {
        Target = target,
        Count = count,
        Interval = TimeSpan.FromMilliseconds(10),
        StallAfter = TimeSpan.FromSeconds(5),
    };
}
