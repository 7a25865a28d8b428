namespace Netweir.NodeState.Foreign;

/// <summary>Somebody else's program at one of this node's uplinks.</summary>
/// <param name="Hook"><c>tcx ingress</c>, <c>tc egress</c> or <c>xdp</c>.</param>
/// <param name="Name">As its owner named it, possibly cut.</param>
/// <param name="Removal">The command that detaches it.</param>
public sealed record ForeignProgram(string Device, string Hook, string Name, uint Id, string Removal)
{
    /// <summary>Of a network plugin that Netweir takes the place of.</summary>
    public bool IsOfPlugin => Name.StartsWith("cil_", StringComparison.Ordinal) || Name.StartsWith("cali_", StringComparison.Ordinal);
}
