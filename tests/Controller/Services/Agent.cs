using Microsoft.Extensions.Logging.Abstractions;
using Netweir.Controller.Services;
using Netweir.Kube;

namespace Netweir.Controller.Tests.Services;

/// <summary>A store and a reconciler over maps: one life of the agent on node <c>here</c>.</summary>
internal sealed class Agent
{
    public const string NodeName = "here";

    public Agent(ServiceMaps maps, TimeProvider? time = null)
    {
        Maps = maps;
        Store = new ServiceStore(NodeName, time ?? TimeProvider.System, NullLogger<ServiceStore>.Instance);
        Reconciler = new ServicesReconciler(Store, maps, time ?? TimeProvider.System, NullLogger<ServicesReconciler>.Instance);
    }

    public ServiceMaps Maps { get; }

    public ServiceStore Store { get; }

    public ServicesReconciler Reconciler { get; }

    public IInformerSink<Service> Services => Store;

    public IInformerSink<EndpointSlice> Slices => Store;

    public IInformerSink<Node> Nodes => Store;

    public void List(IEnumerable<Service> services, IEnumerable<EndpointSlice> slices, string? zone = null)
    {
        Services.Replaced([.. services]);
        Slices.Replaced([.. slices]);
        Nodes.Upserted(NodeIn(zone));
    }

    /// <summary>As <see cref="List"/>, then the first pass.</summary>
    public SyncReport Start(IEnumerable<Service> services, IEnumerable<EndpointSlice> slices, string? zone = null)
    {
        List(services, slices, zone);
        Store.MarkSynced();
        return Sync();
    }

    public SyncReport Sync() => Reconciler.Sync(CancellationToken.None);

    public SyncReport Resync() => Reconciler.Resync(CancellationToken.None);

    public static Node NodeIn(string? zone) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = NodeName,
            Labels = zone is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = zone },
        },
    };
}
