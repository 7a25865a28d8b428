namespace Netweir.Kube;

/// <summary>ServiceCIDR.spec.</summary>
public sealed record ServiceCidrSpec
{
    private readonly IReadOnlyList<string> _cidrs = [];

    /// <summary>CIDR notation, one or one per family.</summary>
    public IReadOnlyList<string> Cidrs { get => _cidrs; init => _cidrs = value.WithoutNulls(); }

    internal static ServiceCidrSpec Empty { get; } = new();
}
