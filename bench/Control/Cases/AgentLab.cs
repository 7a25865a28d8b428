using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Netweir.Loader;
using Netweir.Maps;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>One node with the shipped agent, and an API server with a fleet of the given size. The agent is started by the case.</summary>
internal sealed class AgentLab : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(100);
    private readonly LabCluster _lab;
    private readonly string[] _arguments;

    private AgentLab(LabCluster lab, FleetSize size)
    {
        _lab = lab;
        Size = size;
        _arguments = MapSizes.For(size);
    }

    public FleetSize Size { get; }

    public FleetServer Server => (FleetServer)_lab.Api;

    public LabNode Node => _lab.Nodes[0];

    /// <summary>Null until the agent has pinned them.</summary>
    public NetweirMaps? Maps { get; private set; }

    public FrontendWatch Watch => new(Maps ?? throw new InvalidOperationException("the agent has not made its maps yet"));

    public static async Task<AgentLab> CreateAsync(FleetSize size)
    {
        BenchReport.Progress($"{size}: making the lab");
        var lab = await LabCluster.CreateAsync(new LabOptions { Nodes = 1, StartAgents = false, Routing = "auto", Api = FleetServer.StartAsync });
        if (lab.Programs.Agent.Count > 1)
        {
            await lab.DisposeAsync();
            throw new LabException("there is no NativeAOT agent in artifacts/image, and figures of another one mean nothing: run 'make aot'");
        }

        var made = new AgentLab(lab, size);
        made.Server.Apply(ServiceCidr());
        made.Server.Fill(size);
        return made;
    }

    public void Start() => Node.StartAgent("auto", _arguments);

    public void Stop() => Node.StopAgent();

    public Task ReadyAsync() => Node.AwaitReadyAsync(ReadyTimeout);

    /// <summary>Until the maps have the service that is written last.</summary>
    public async Task FilledAsync()
    {
        var clock = Stopwatch.StartNew();
        var last = Enumerable.Range(0, Size.Services).MaxBy(s => FleetObjects.Namespace(s) + "/" + FleetObjects.ServiceName(s), StringComparer.Ordinal);
        while (!(TryOpen() && Watch.Has(last)))
        {
            if (clock.Elapsed > ReadyTimeout || !Node.AgentIsRunning)
            {
                throw new LabException($"{Size}: the maps are not filled after {clock.Elapsed.TotalSeconds:0} s:\n{Node.LogTail()}");
            }

            await Task.Delay(1);
        }
    }

    /// <summary>Goes with the lab.</summary>
    public NetworkNamespace CreateNamespace(string part) => _lab.CreateNamespace(part);

    public ProcessReading Read() => ProcessReading.Of(Node.AgentProcessId);

    public async Task<Scrape> ScrapeAsync() => new((await Node.HttpAsync(new IPEndPoint(IPAddress.Loopback, LabNode.HealthPort), "/metrics")).Body);

    public async ValueTask DisposeAsync()
    {
        Maps?.Dispose();
        await _lab.DisposeAsync();
    }

    private bool TryOpen()
    {
        try
        {
            Maps ??= NetweirMaps.OpenPinned(Node.BpfRoot);
            return true;
        }
        catch (BpfException)
        {
            return false;
        }
    }

    private static JsonObject ServiceCidr() => new()
    {
        ["apiVersion"] = "networking.k8s.io/v1",
        ["kind"] = "ServiceCIDR",
        ["metadata"] = new JsonObject { ["name"] = "fleet" },
        ["spec"] = new JsonObject { ["cidrs"] = new JsonArray(JsonValue.Create(FleetAddresses.ServiceCidr)) },
    };
}
