using System.Net;
using System.Net.NetworkInformation;
using Netweir.Netlink;
using Netweir.Support.Traffic;

namespace Netweir.Support.Tests.Traffic;

[Collection("traffic")]
public sealed class NamespaceTrafficTests : IDisposable
{
    private readonly string _name = $"nwsup-{Environment.ProcessId}-{Guid.NewGuid():N}"[..24];
    private readonly NetworkNamespace _namespace;

    public NamespaceTrafficTests()
    {
        _namespace = NetworkNamespace.Create(_name);
        _namespace.Run(() =>
        {
            TestNamespace.Ip("link set lo up");
            TestNamespace.Ip("addr add 10.9.9.9/32 dev lo");
        });
    }

    public void Dispose()
    {
        _namespace.Dispose();
        NetworkNamespace.Delete(_name);
    }

    [Fact]
    public async Task Server_and_clients_live_in_the_namespace()
    {
        var endpoint = IPEndPoint.Parse("10.9.9.9:80");
        await using var server = await EchoServer.StartAsync("web-1", endpoint, _namespace.Run);
        var options = new LoadOptions { Target = endpoint, RequestsPerSecond = 50, Timeout = TimeSpan.FromSeconds(5), InNamespace = _namespace.Run };
        Assert.Equal(0, (await TcpLoad.RunAsync(options)).Failed);
        Assert.Equal(0, (await UdpLoad.RunAsync(options)).Failed);
        await using var connections = await LongConnections.StartAsync(new() { Target = endpoint, Count = 2, InNamespace = _namespace.Run });
        Assert.Equal(2, (await connections.StopAsync()).Opened);
        Assert.DoesNotContain(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners(), e => e.Equals(endpoint));
    }

    [Fact]
    public async Task Threads_in_the_namespace_end_with_the_load()
    {
        await using var server = await EchoServer.StartAsync("web-1", IPEndPoint.Parse("10.9.9.9:80"), _namespace.Run);
        var load = TcpLoad.Start(new() { Target = server.Endpoints[0], InNamespace = _namespace.Run });
        Assert.True(await LoadTests.EventuallyAsync(() => ThreadsInNamespace() > 0));
        await load.DisposeAsync();
        Assert.True(await LoadTests.EventuallyAsync(() => ThreadsInNamespace() == 0), $"{ThreadsInNamespace()} threads are left");
    }

    [Fact]
    public async Task Namespace_that_cannot_be_entered_is_an_error_of_the_caller()
    {
        static void Refuse(Action action) => throw new IOException("the namespace is gone");
        var options = new LoadOptions { Target = IPEndPoint.Parse("10.9.9.9:80"), InNamespace = Refuse };
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TcpLoad.RunAsync(options));
        Assert.Contains("the namespace is gone", error.Message, StringComparison.Ordinal);
    }

    private int ThreadsInNamespace() => Directory.GetDirectories("/proc/self/task").Count(task =>
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(task, "ns/net"), returnFinalTarget: false)?.Name == $"net:[{_namespace.Inode}]";
        }
        catch (IOException)
        {
            return false;
        }
    });
}
