namespace Netweir.Kube;

/// <summary>Node.status.</summary>
public sealed record NodeStatus
{
    private readonly IReadOnlyList<NodeAddress> _addresses = [];

    public IReadOnlyList<NodeAddress> Addresses { get => _addresses; init => _addresses = value.WithoutNulls(); }

    internal static NodeStatus Empty { get; } = new();
}
