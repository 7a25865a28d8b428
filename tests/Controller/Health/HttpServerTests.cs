using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netweir.Controller.Tests;

public sealed class HttpServerTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Exception> _errors = [];
    private readonly HttpServer _server;
    private readonly Task _running;
    private readonly HttpClient _client;

    public HttpServerTests()
    {
        _server = new HttpServer(
            new IPEndPoint(IPAddress.Loopback, 0),
            new Dictionary<string, Func<HttpReply>>
            {
                ["/ok"] = () => HttpReply.Text(200, "fine\n"),
                ["/broken"] = () => throw new InvalidOperationException("the map is gone"),
            },
            _errors.Add);
        _running = _server.RunAsync(_stop.Token);
        _client = new HttpClient { BaseAddress = new Uri($"http://{_server.Address}"), Timeout = TimeSpan.FromSeconds(10) };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _client.Dispose();
        _server.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_page_is_served_many_times()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("fine\n", await _client.GetStringAsync(new Uri("/ok?verbose", UriKind.Relative)));
        }
    }

    [Fact]
    public async Task An_unknown_page_names_those_that_exist()
    {
        using var reply = await _client.GetAsync(new Uri("/nothing", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal("served here: /broken /ok\n", await reply.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_failing_page_answers_its_cause_and_the_server_goes_on()
    {
        using var reply = await _client.GetAsync(new Uri("/broken", UriKind.Relative));

        Assert.Equal(HttpStatusCode.InternalServerError, reply.StatusCode);
        Assert.Equal("the map is gone\n", await reply.Content.ReadAsStringAsync());
        Assert.Single(_errors);
        Assert.Equal("fine\n", await _client.GetStringAsync(new Uri("/ok", UriKind.Relative)));
    }

    [Fact]
    public async Task Head_has_the_length_but_no_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/ok");
        using var reply = await _client.SendAsync(request);

        Assert.Equal(5, reply.Content.Headers.ContentLength);
        Assert.Empty(await reply.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("POST /ok HTTP/1.1\r\n\r\n", "405")]
    [InlineData("nonsense\r\n\r\n", "400")]
    public async Task What_is_no_GET_is_refused(string request, string status)
    {
        Assert.Contains($" {status} ", await RawAsync(request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_header_is_refused()
    {
        Assert.Contains(" 400 ", await RawAsync("GET /ok HTTP/1.1\r\n" + new string('a', 8192 - 18)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_that_say_nothing_do_not_keep_others_out()
    {
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < 100; i++)
            {
                silent.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await silent[^1].ConnectAsync(_server.Address);
                await silent[^1].SendAsync("GET"u8.ToArray());
            }
            var clock = System.Diagnostics.Stopwatch.StartNew();

            Assert.Equal("fine\n", await _client.GetStringAsync(new Uri("/ok", UriKind.Relative)));

            // Each of them is waited for 5 s.
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(4), $"it took {clock.Elapsed}");
            Assert.Empty(_errors);
        }
        finally
        {
            silent.ForEach(s => s.Dispose());
        }
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task All_addresses_are_those_of_both_families(string address)
    {
        using var node = new TestNode();
        using var server = node.Namespace.Run(
            () => new HttpServer(new IPEndPoint(IPAddress.Parse(address), NodeHttp.Port), path => HttpReply.Text(200, path), _errors.Add));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), NodeHttp.Port), server.Address);
        var running = server.RunAsync(_stop.Token);

        Assert.EndsWith("\r\n\r\n/a", NodeHttp.Get(node.Namespace, "10.0.0.1", NodeHttp.Port, "/a"), StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n/b", NodeHttp.Get(node.Namespace, "fd00::1", NodeHttp.Port, "/b?c"), StringComparison.Ordinal);
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void A_port_that_another_listens_on_is_taken()
    {
        var taken = Assert.Throws<SocketException>(() => new HttpServer(_server.Address, _ => default, _errors.Add));

        Assert.Equal(SocketError.AddressAlreadyInUse, taken.SocketErrorCode);
    }

    private async Task<string> RawAsync(string request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await socket.ConnectAsync(_server.Address, limit.Token);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), limit.Token);
        var buffer = new byte[4096];
        var length = await socket.ReceiveAsync(buffer, limit.Token);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
