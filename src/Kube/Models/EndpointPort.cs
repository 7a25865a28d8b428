namespace Netweir.Kube;

/// <summary>A port of a slice.</summary>
public sealed record EndpointPort
{
    private readonly string _name = "";
    private readonly string _protocol = "TCP";

    /// <summary>Empty when it has no name.</summary>
    public string Name { get => _name; init => _name = value ?? ""; }

    /// <summary>TCP, UDP or SCTP.</summary>
    public string Protocol { get => _protocol; init => _protocol = value ?? "TCP"; }

    /// <summary>Null means "not known": to be ignored.</summary>
    public int? Port { get; init; }
}
