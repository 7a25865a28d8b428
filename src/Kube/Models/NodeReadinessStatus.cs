namespace Netweir.Kube;

/// <summary>Node.status with its conditions.</summary>
public sealed record NodeReadinessStatus
{
    private readonly IReadOnlyList<NodeAddress> _addresses = [];
    private readonly IReadOnlyList<Condition> _conditions = [];
    private readonly NodeSystemInfo _nodeInfo = NodeSystemInfo.Empty;

    public IReadOnlyList<NodeAddress> Addresses { get => _addresses; init => _addresses = value ?? []; }

    public IReadOnlyList<Condition> Conditions { get => _conditions; init => _conditions = value ?? []; }

    public NodeSystemInfo NodeInfo { get => _nodeInfo; init => _nodeInfo = value ?? NodeSystemInfo.Empty; }

    internal static NodeReadinessStatus Empty { get; } = new();
}
