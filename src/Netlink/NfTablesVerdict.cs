namespace Netweir.Netlink;

/// <summary>Where a rule sends packets.</summary>
internal static class NfTablesVerdict
{
    /// <param name="expressions">Of a rule.</param>
    /// <returns>The chain of an immediate jump or goto, which end a rule; null without one.</returns>
    public static string? TargetOf(AttributeReader expressions)
    {
        foreach (NetlinkAttribute expression in expressions)
        {
            string name = "";
            foreach (NetlinkAttribute part in expression.Nested)
            {
                if (part.Type == Nft.ExpressionName)
                {
                    name = part.ReadString();
                }
                else if (part.Type == Nft.ExpressionData && name == "immediate" && Find(Find(Find(part, Nft.ImmediateData), Nft.DataVerdict), Nft.VerdictChain) is { Value.IsEmpty: false } chain)
                {
                    return chain.ReadString();
                }
            }
        }

        return null;
    }

    /// <summary>An empty one when it is not there.</summary>
    private static NetlinkAttribute Find(NetlinkAttribute parent, int type)
    {
        foreach (NetlinkAttribute attribute in parent.Nested)
        {
            if (attribute.Type == type)
            {
                return attribute;
            }
        }

        return default;
    }
}
