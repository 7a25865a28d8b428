using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>This node's object, for what load balancers are told and what Events are about. Thread-safe.</summary>
internal sealed class OwnNode(string name) : IInformerSink<Node>
{
    /// <summary>Set by the cluster autoscaler before it takes the node away.</summary>
    private const string ToBeDeleted = "ToBeDeletedByClusterAutoscaler";

    private volatile Node? _node;

    public string Name => name;

    /// <summary>Null while the API has no such Node.</summary>
    public ObjectMeta? Metadata => _node?.Metadata;

    /// <summary>False while it is unknown or about to be deleted: load balancers shall send nothing new here.</summary>
    public bool Eligible => _node is { Metadata.DeletionTimestamp: null } node && !node.Spec.Taints.Any(t => t.Key == ToBeDeleted);

    void IInformerSink<Node>.Replaced(IReadOnlyCollection<Node> all) => _node = all.FirstOrDefault(n => n.Metadata.Name == name);

    void IInformerSink<Node>.Upserted(Node obj)
    {
        if (obj.Metadata.Name == name)
        {
            _node = obj;
        }
    }

    void IInformerSink<Node>.Deleted(Node obj)
    {
        if (obj.Metadata.Name == name)
        {
            _node = null;
        }
    }
}
