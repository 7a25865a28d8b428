namespace Netweir.Endpoints;

/// <summary>A hostPort that the runtime asked for (CNI capability portMappings).</summary>
public sealed record PortMapping
{
    public int HostPort { get; init; }

    public int ContainerPort { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
    public string Protocol { get; init; } = "tcp";

    /// <summary>Null or empty: every address of the node.</summary>
    public string? HostIP { get; init; }
}
