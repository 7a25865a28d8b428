namespace Netweir.Kube;

/// <summary>A condition of a node's or a pod's status.</summary>
public sealed record Condition
{
    private readonly string _type = "";
    private readonly string _status = "";

    public string Type { get => _type; init => _type = value ?? ""; }

    /// <summary>True, False or Unknown.</summary>
    public string Status { get => _status; init => _status = value ?? ""; }

    public string? Reason { get; init; }

    public string? Message { get; init; }
}
