namespace Netweir.Kube;

/// <summary>A reference to another object.</summary>
public sealed record ObjectReference
{
    private readonly string _kind = "";
    private readonly string _name = "";
    private readonly string _namespace = "";

    public string Kind { get => _kind; init => _kind = value ?? ""; }

    public string Name { get => _name; init => _name = value ?? ""; }

    public string Namespace { get => _namespace; init => _namespace = value ?? ""; }
}
