namespace Netweir.Kube;

/// <summary>The part of a container that concerns the network, and what it runs.</summary>
public sealed record Container
{
    private readonly string _name = "";
    private readonly IReadOnlyList<ContainerPort> _ports = [];

    public string Name { get => _name; init => _name = value ?? ""; }

    public string? Image { get; init; }

    public string? RestartPolicy { get; init; }

    public IReadOnlyList<ContainerPort> Ports { get => _ports; init => _ports = value.WithoutNulls(); }
}
