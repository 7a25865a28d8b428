namespace Netweir.Endpoints;

/// <summary>
/// A hostPort that the runtime asked for (CNI capability portMappings). A property with a default has a setter: the JSON source generator overwrites
/// the defaults of init-only ones.
/// </summary>
public sealed record PortMapping
{
    public int HostPort { get; init; }

    public int ContainerPort { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
    public string Protocol { get; set; } = "tcp";

    /// <summary>Null or empty: every address of the node.</summary>
    public string? HostIP { get; init; }
}
