using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>A declared container port.</summary>
public sealed record ContainerPort
{
    private readonly string _name = "";
    private readonly string _protocol = "TCP";

    public string Name { get => _name; init => _name = value ?? ""; }

    /// <summary>TCP, UDP or SCTP.</summary>
    public string Protocol { get => _protocol; init => _protocol = value ?? "TCP"; }
    [JsonPropertyName("containerPort")]
    public int Port { get; init; }

    /// <summary>0 when there is none.</summary>
    public int HostPort { get; init; }

    /// <summary>Null or empty means every address of the node.</summary>
    public string? HostIP { get; init; }
}
