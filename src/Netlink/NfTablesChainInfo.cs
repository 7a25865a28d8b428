namespace Netweir.Netlink;

/// <summary>A chain that is there.</summary>
/// <param name="IsBase">The kernel calls it for packets; others are called by rules.</param>
public sealed record NfTablesChainInfo(NfTablesChain Chain, bool IsBase)
{
    /// <param name="body">What follows the netlink header in NFT_MSG_NEWCHAIN.</param>
    internal static NfTablesChainInfo Parse(ReadOnlySpan<byte> body)
    {
        string table = "", name = "";
        bool hooked = false;
        foreach (NetlinkAttribute attribute in new AttributeReader(body[Nft.HeaderLength..]))
        {
            switch (attribute.Type)
            {
                case Nft.ChainTable:
                    table = attribute.ReadString();
                    break;
                case Nft.ChainName:
                    name = attribute.ReadString();
                    break;
                case Nft.ChainHook:
                    hooked = true;
                    break;
            }
        }

        return new NfTablesChainInfo(new NfTablesChain((NfTablesFamily)body[0], table, name), hooked);
    }
}
