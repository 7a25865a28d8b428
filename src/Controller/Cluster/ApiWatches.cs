using Microsoft.Extensions.Hosting;
using Netweir.Controller.Services;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>The informers: Nodes, Services, EndpointSlices, ServiceCIDRs. Nothing is applied before each has its first list.</summary>
internal sealed class ApiWatches : BackgroundService
{
    private readonly List<Func<CancellationToken, Task>> _informers = [];
    private readonly List<(string Resource, Task Synced)> _synced = [];
    private readonly ServiceStore _services;
    private readonly StageRunner _stages;

    public ApiWatches(RawClient client, ClusterStore cluster, ServiceStore services, OwnNode own, ApiServerFile servers, StageRunner stages)
    {
        (_services, _stages) = (services, stages);
        Add(new Informer<Node>(client, AgentResources.Nodes, new SinkFanOut<Node>(cluster, services, own)), "nodes");
        Add(new Informer<Service>(client, AgentResources.Services, services, Selecting("!service.kubernetes.io/service-proxy-name,!service.kubernetes.io/headless")), "services");
        Add(
            new Informer<EndpointSlice>(
                client, AgentResources.EndpointSlices, new SinkFanOut<EndpointSlice>(services, servers), Selecting("!service.kubernetes.io/headless")),
            "endpointslices");
        Add(new Informer<ServiceCidr>(client, KubeResources.ServiceCidrs, cluster, new InformerOptions { AbsentIsEmpty = true }), "servicecidrs");
        Synced = WhenSyncedAsync();
    }

    /// <summary>Completes when every first list has been handed on.</summary>
    public Task Synced { get; }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_informers.Select(run => run(stoppingToken)));

    private static InformerOptions Selecting(string labels) => new() { Query = new KubeQuery { LabelSelector = labels } };

    private void Add<T>(Informer<T> informer, string resource)
        where T : class, IKubeObject
    {
        _informers.Add(informer.RunAsync);
        _synced.Add((resource, informer.Synced));
    }

    private async Task WhenSyncedAsync()
    {
        var waiting = _synced.ToDictionary(s => s.Synced, s => s.Resource);
        while (waiting.Count > 0)
        {
            _stages.NotMet(ConditionNames.Api, $"waiting for the first list of {string.Join(", ", waiting.Values)}");
            var done = await Task.WhenAny(waiting.Keys).ConfigureAwait(false);
            waiting.Remove(done);
            await done.ConfigureAwait(false);
        }
        _stages.Met(ConditionNames.Api);
        _services.MarkSynced();
    }
}
