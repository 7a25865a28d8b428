using System.Net;
using Netweir.Bench.Load;
using Netweir.Support.Lab;

namespace Netweir.Bench.Scenarios;

/// <summary>
/// Services by kube-proxy, on both nodes, with pods connected as by ptp. <paramref name="executable"/> is run against the lab's API server; without one,
/// rules of the same shape are written at once.
/// </summary>
/// <param name="mode">iptables or nftables.</param>
/// <param name="services">How many, the measured ones counted as one.</param>
/// <param name="executable">kube-proxy, or null.</param>
public sealed class KubeProxyScenario(string mode, int services, string? executable) : IScenario
{
    private const string LocalName = "service-local";
    private const string RemoteName = "service-remote";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private TwoNodes? _nodes;

    public string Name => $"{mode}-{Counts.Short(services)}";

    public async Task<IReadOnlyList<BenchPath>> SetUpAsync()
    {
        _nodes = await TwoNodes.CreateAsync(new LabOptions());
        var wiring = new PtpWiring(_nodes);
        wiring.RouteNodes();
        var (client, local, remote) = (wiring.Add(_nodes.A), wiring.Add(_nodes.A), wiring.Add(_nodes.B));
        var (toLocal, toRemote) = (_nodes.Lab.NewService(LocalName), _nodes.Lab.NewService(RemoteName));
        if (executable is null)
        {
            await WriteAsync([.. Ports(toLocal, local, 9011), .. Ports(toRemote, remote, 9012)]);
        }
        else
        {
            ServiceFill.Apply(_nodes.Lab.Api, services - 1);
            Publish(toLocal, local, 9011);
            Publish(toRemote, remote, 9012);
            await new KubeProxyProcess(_nodes, executable, mode).StartAsync();
        }

        return
        [
            Path("local", "local pods", client, local, new IPEndPoint(local.Address, 9001), 9001),
            Path(LocalName, "service, local backend", client, local, toLocal.EndPoint(ipv6: false), 9011),
            Path(RemoteName, "service, remote backend", client, remote, toRemote.EndPoint(ipv6: false), 9012),
        ];
    }

    public ValueTask DisposeAsync() => _nodes?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task WriteAsync(IReadOnlyList<ProxyService> measured)
    {
        var all = ProxyService.Mix(services, measured);
        return Task.WhenAll(_nodes!.Lab.Nodes.Select(node => Task.Run(() => Write(node, all))));
    }

    private void Write(LabNode node, IReadOnlyList<ProxyService> all)
    {
        if (mode == "iptables")
        {
            IptablesRules.Restore(node.Namespace, IptablesProxyRules.Of(all));
            return;
        }

        foreach (var transaction in NftablesProxyRules.Of(all))
        {
            Command.Run(["nft", "-f", "-"], node.Namespace, transaction, timeout: Patience).Checked();
        }
    }

    private static IEnumerable<ProxyService> Ports(LabService service, PeerPod pod, int port) =>
        from protocol in (string[])["tcp", "udp"]
        select new ProxyService($"default/{service.Name}:{protocol}", protocol, service.EndPoint(ipv6: false), [new IPEndPoint(pod.Address, port)]);

    private void Publish(LabService service, PeerPod pod, int port)
    {
        var published = service with { PortNames = ["tcp", "udp"] };
        _nodes!.Lab.Apply(published);
        _nodes.Lab.SetBackends(published, new LabBackend { Name = service.Name, Node = pod.Node.Name, IPv4 = pod.Address, IPv6 = IPAddress.Parse("fd00:10:245::1"), Port = port });
    }

    private BenchPath Path(string name, string label, PeerPod client, PeerPod server, IPEndPoint target, int port) => new()
    {
        Name = $"{Name}/{name}",
        Label = $"kube-proxy {mode}: {label}, {Counts.Services(services)}",
        Client = client.Namespace,
        Server = server.Namespace,
        Target = target,
        ServerPort = port,
    };
}
