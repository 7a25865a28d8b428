namespace Netweir.Kube;

/// <summary>A port of a service.</summary>
public sealed record ServicePort
{
    private readonly string _name = "";
    private readonly string _protocol = "TCP";

    /// <summary>Empty when the only port has no name.</summary>
    public string Name { get => _name; init => _name = value ?? ""; }

    /// <summary>TCP, UDP or SCTP.</summary>
    public string Protocol { get => _protocol; init => _protocol = value ?? "TCP"; }

    public int Port { get; init; }

    public IntOrString TargetPort { get; init; }

    /// <summary>0 when there is none.</summary>
    public int NodePort { get; init; }
}
