namespace Netweir.Kube;

/// <summary>One of a pod's addresses.</summary>
public sealed record PodIP
{
    private readonly string _iP = "";

    public string IP { get => _iP; init => _iP = value ?? ""; }
}
