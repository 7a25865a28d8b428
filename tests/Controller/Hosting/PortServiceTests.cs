using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Netweir.Controller.Tests;

public sealed class PortServiceTests : IDisposable
{
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RecordedEvents _events = new();
    private readonly Conditions _conditions = new();

    public void Dispose() => _provider.Dispose();

    [Fact]
    public async Task A_port_that_kube_proxy_has_is_served_once_it_is_gone()
    {
        using var kubeProxy = new TcpListener(IPAddress.Loopback, 0);
        kubeProxy.Start();
        var address = (IPEndPoint)kubeProxy.LocalEndpoint;
        using var service = Service(address);

        await service.StartAsync(CancellationToken.None);
        await Until(() => _events.All.Count == 1);

        Assert.Equal((EventType.Warning, PortService.Taken, "own"), (_events.All[0].Type, _events.All[0].Reason, _events.All[0].Subject.Key.Name));
        Assert.StartsWith($"--metrics-bind-address: cannot listen on {address}: ", Assert.Single(_conditions.Notes()), StringComparison.Ordinal);
        kubeProxy.Dispose();
        await Until(() => _events.All.Count == 2);
        using var client = new HttpClient();
        Assert.Equal("netweir", await client.GetStringAsync(new Uri($"http://{address}/proxyMode")));
        Assert.Equal((EventType.Normal, PortService.Served), (_events.All[1].Type, _events.All[1].Reason));
        Assert.Empty(_conditions.Notes());
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task An_address_of_another_machine_stops_nothing()
    {
        using var service = Service(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 10249));

        await service.StartAsync(CancellationToken.None);
        await Until(() => _events.All.Count == 1);

        Assert.False(service.ExecuteTask!.IsCompleted);
        await service.StopAsync(CancellationToken.None);
    }

    private PortService Service(IPEndPoint address)
    {
        var pages = new Dictionary<string, Func<HttpReply>> { ["/proxyMode"] = () => HttpReply.Text(200, "netweir") };
        var stages = new StageRunner("test", _conditions, new AgentMetrics(_provider.GetRequiredService<IMeterFactory>()), NullLogger.Instance);
        return new PortService("--metrics-bind-address", address, pages, new NodeEvents(_events, new OwnNode("own")), stages, NullLogger.Instance);
    }

    private static async Task Until(Func<bool> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "not within 20 s");
            await Task.Delay(20);
        }
    }
}
