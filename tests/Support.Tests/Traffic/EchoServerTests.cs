using System.Net;
using System.Net.Sockets;
using System.Text;
using Netweir.Support.Traffic;

namespace Netweir.Support.Tests.Traffic;

[Collection("traffic")]
public sealed class EchoServerTests
{
    public static TheoryData<string, string> Addresses => new()
    {
        { "127.0.0.1", "127.0.0.1" }, { "::1", "::1" }, { "::", "127.0.0.1" }, { "::", "::1" },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Server_answers_lines_with_its_name_and_the_client(string listen, string connect)
    {
        await using var server = await EchoServer.StartAsync("web-1", new IPEndPoint(IPAddress.Parse(listen), 0));
        using var client = await ConnectAsync(connect, server, SocketType.Stream);
        await client.SendAsync("one\r\n\ntwo\n"u8.ToArray());
        var expected = $"web-1 {client.LocalEndPoint} one\nweb-1 {client.LocalEndPoint}\nweb-1 {client.LocalEndPoint} two\n";
        Assert.Equal(expected, await ReceiveAsync(client, expected.Length));
        Assert.Equal((1, 3), (server.TcpConnections, server.TcpRequests));
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Server_answers_datagrams(string listen, string connect)
    {
        await using var server = await EchoServer.StartAsync("dns-1", new IPEndPoint(IPAddress.Parse(listen), 0));
        using var client = await ConnectAsync(connect, server, SocketType.Dgram);
        foreach (var (request, answer) in new[]
        {
            ("7", $"dns-1 {client.LocalEndPoint} 7"), ("hostname", "dns-1"), ("clientip", $"{client.LocalEndPoint}"),
        })
        {
            await client.SendAsync(Encoding.ASCII.GetBytes(request));
            Assert.Equal(answer, await ReceiveAsync(client, 1));
        }
        Assert.Equal(3, server.UdpRequests);
    }

    [Fact]
    public async Task Server_speaks_http_to_an_http_client()
    {
        await using var server = await EchoServer.StartAsync("web-1", new IPEndPoint(IPAddress.Loopback, 0));
        using var http = new HttpClient { BaseAddress = new($"http://{server.Endpoints[0]}"), Timeout = TimeSpan.FromSeconds(5) };
        Assert.Equal("web-1", await http.GetStringAsync(new Uri("/hostname", UriKind.Relative)));
        Assert.StartsWith("127.0.0.1:", await http.GetStringAsync(new Uri("/clientip?x=1", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal("ok", await http.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
        using var missing = await http.GetAsync(new Uri("/other", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(1, server.TcpConnections);
    }

    [Fact]
    public async Task Address_in_use_is_an_error_and_leaves_nothing_behind()
    {
        await using var server = await EchoServer.StartAsync("a", new IPEndPoint(IPAddress.Loopback, 0));
        var other = new IPEndPoint(IPAddress.IPv6Loopback, server.Endpoints[0].Port);
        await Assert.ThrowsAsync<SocketException>(() => EchoServer.StartAsync("b", [other, server.Endpoints[0]]));
        await using var again = await EchoServer.StartAsync("b", other);
    }

    [Fact]
    public void Answer_is_read_back_as_written()
    {
        var answer = new EchoAnswer("web-1", IPEndPoint.Parse("[fd00::1]:80"), "a b");
        Assert.True(EchoAnswer.TryParse(answer.ToString(), out var parsed));
        Assert.Equal(answer, parsed);
        Assert.False(EchoAnswer.TryParse("web-1 nowhere", out _));
        Assert.False(EchoAnswer.TryParse("web-1", out _));
    }

    private static async Task<Socket> ConnectAsync(string address, EchoServer server, SocketType type)
    {
        var target = new IPEndPoint(IPAddress.Parse(address), server.Endpoints[0].Port);
        var socket = new Socket(target.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        await socket.ConnectAsync(target);
        return socket;
    }

    private static async Task<string> ReceiveAsync(Socket socket, int atLeast)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var buffer = new byte[4096];
        var length = 0;
        while (length < atLeast)
        {
            length += await socket.ReceiveAsync(buffer.AsMemory(length), timeout.Token);
        }
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
