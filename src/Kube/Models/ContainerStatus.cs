namespace Netweir.Kube;

/// <summary>How a container of a pod is doing.</summary>
public sealed record ContainerStatus
{
    private readonly string _name = "";
    private readonly ContainerState _state = ContainerState.Empty;
    private readonly ContainerState _lastState = ContainerState.Empty;

    public string Name { get => _name; init => _name = value ?? ""; }

    public bool Ready { get; init; }

    public int RestartCount { get; init; }

    public ContainerState State { get => _state; init => _state = value ?? ContainerState.Empty; }

    /// <summary>Of the run before the last restart.</summary>
    public ContainerState LastState { get => _lastState; init => _lastState = value ?? ContainerState.Empty; }
}
