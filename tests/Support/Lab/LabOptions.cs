namespace Netweir.Support.Lab;

/// <summary>Every part is optional.</summary>
public sealed record LabOptions
{
    /// <summary>Nodes on the LAN; they reach one another without a router.</summary>
    public int Nodes { get; init; } = 2;

    /// <summary>Further nodes, each in a subnet of its own behind the LAN's router.</summary>
    public int RoutedNodes { get; init; }

    /// <summary>The agents' --routing: direct, vxlan or auto.</summary>
    public string Routing { get; init; } = "direct";

    /// <summary>Further arguments of every agent.</summary>
    public IReadOnlyList<string> AgentArguments { get; init; } = [];

    /// <summary>False: agents are started by the test.</summary>
    public bool StartAgents { get; init; } = true;

    /// <summary>The API server of this library even where KUBEBUILDER_ASSETS offers the real one, which adds objects of its own.</summary>
    public bool OwnApiServer { get; init; }

    /// <summary>Starts the API server, of the lab's network and directory; null: as <see cref="OwnApiServer"/> says.</summary>
    public Func<LabLan, string, Task<ILabApi>>? Api { get; init; }

    /// <summary>How long an agent may take until it is ready.</summary>
    public TimeSpan ReadyTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
