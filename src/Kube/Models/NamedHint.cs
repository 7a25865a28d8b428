namespace Netweir.Kube;

/// <summary>The name of a zone or node that should consume an endpoint.</summary>
public sealed record NamedHint
{
    private readonly string _name = "";

    public string Name { get => _name; init => _name = value ?? ""; }
}
