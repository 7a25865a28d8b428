namespace Netweir.Kube;

/// <summary>One of a node's addresses.</summary>
public sealed record NodeAddress
{
    public const string InternalIP = "InternalIP";

    private readonly string _type = "";
    private readonly string _address = "";

    /// <summary>InternalIP, ExternalIP, Hostname, InternalDNS or ExternalDNS.</summary>
    public string Type { get => _type; init => _type = value ?? ""; }

    public string Address { get => _address; init => _address = value ?? ""; }
}
