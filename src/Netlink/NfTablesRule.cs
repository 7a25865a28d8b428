namespace Netweir.Netlink;

/// <summary>A rule as far as this library reads it.</summary>
public sealed record NfTablesRule
{
    /// <summary>The kernel's number for it, unique in its table.</summary>
    public required ulong Handle { get; init; }

    /// <summary>What <c>nft</c> and <c>iptables-save</c> show as its comment; null without one.</summary>
    public string? Comment { get; init; }

    /// <summary>The name of its chain.</summary>
    public string Chain { get; init; } = "";

    /// <summary>The chain that it jumps or goes to without a look-up; null when there is none.</summary>
    public string? Target { get; init; }

    /// <param name="body">What follows the netlink header in NFT_MSG_NEWRULE.</param>
    internal static NfTablesRule Parse(ReadOnlySpan<byte> body)
    {
        ulong handle = 0;
        string? comment = null, target = null;
        string chain = "";
        foreach (NetlinkAttribute attribute in new AttributeReader(body[Nft.HeaderLength..]))
        {
            switch (attribute.Type)
            {
                case Nft.RuleChain:
                    chain = attribute.ReadString();
                    break;
                case Nft.RuleHandle:
                    handle = Nft.ReadBigEndian(attribute);
                    break;
                case Nft.RuleUserData:
                    comment ??= UserDataComment(attribute.Value);
                    break;
                case Nft.RuleExpressions:
                    comment ??= MatchComment(attribute.Nested);
                    target = NfTablesVerdict.TargetOf(attribute.Nested);
                    break;
            }
        }

        return new NfTablesRule { Handle = handle, Comment = comment, Chain = chain, Target = target };
    }

    /// <summary>The way of <c>nft</c>: type, length and value, a byte each of the first two.</summary>
    private static string? UserDataComment(ReadOnlySpan<byte> data)
    {
        while (data.Length >= 2 && data.Length >= 2 + data[1])
        {
            if (data[0] == Nft.UserDataComment)
            {
                return new NetlinkAttribute(0, data[2..(2 + data[1])]).ReadString();
            }

            data = data[(2 + data[1])..];
        }

        return null;
    }

    /// <summary>The way of <c>iptables-nft</c>, into which its restore turns the other: an xtables match that always does.</summary>
    private static string? MatchComment(AttributeReader expressions)
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
                else if (part.Type == Nft.ExpressionData && name == "match" && MatchInfo(part.Nested) is { } comment)
                {
                    return comment;
                }
            }
        }

        return null;
    }

    private static string? MatchInfo(AttributeReader match)
    {
        string name = "";
        foreach (NetlinkAttribute part in match)
        {
            if (part.Type == Nft.MatchName)
            {
                name = part.ReadString();
            }
            else if (part.Type == Nft.MatchInfo && name == "comment")
            {
                return part.ReadString();
            }
        }

        return null;
    }
}
