namespace Netweir.Kube;

/// <summary>A node taint.</summary>
public sealed record Taint
{
    private readonly string _key = "";
    private readonly string _effect = "";

    public string Key { get => _key; init => _key = value ?? ""; }

    public string? Value { get; init; }

    public string Effect { get => _effect; init => _effect = value ?? ""; }
}
