namespace Netweir.Netlink;

/// <summary>One thing to delete, for <see cref="NfTablesRuleset.Delete"/>.</summary>
public sealed record NfTablesDeletion
{
    private enum Kind
    {
        Table,
        Chain,
        Rules,
        Rule,
    }

    private readonly Kind _kind;
    private readonly NfTablesChain _place;
    private readonly ulong _handle;

    private NfTablesDeletion(Kind kind, NfTablesChain place, ulong handle = 0) => (_kind, _place, _handle) = (kind, place, handle);

    /// <summary>With everything in it.</summary>
    public static NfTablesDeletion OfTable(NfTablesTable table) => new(Kind.Table, new NfTablesChain(table.Family, table.Name, ""));

    /// <summary>The chain must have no rules, and no rule may jump to it.</summary>
    public static NfTablesDeletion OfChain(NfTablesChain chain) => new(Kind.Chain, chain);

    public static NfTablesDeletion OfAllRules(NfTablesChain chain) => new(Kind.Rules, chain);

    public static NfTablesDeletion OfRule(NfTablesChain chain, ulong handle) => new(Kind.Rule, chain, handle);

    internal byte[] Write(uint sequence, bool last)
    {
        ushort type = _kind switch
        {
            Kind.Table => Nft.DeleteTable,
            Kind.Chain => Nft.DeleteChain,
            _ => Nft.DeleteRule,
        };
        var message = new MessageWriter(stackalloc byte[NfTables.BufferLength], type, 0);
        Nft.PutHeader(ref message, (byte)_place.Family, 0);
        message.AttributeString(Nft.ChainTable, _place.Table);
        if (_kind != Kind.Table)
        {
            message.AttributeString(_kind == Kind.Chain ? Nft.ChainName : Nft.RuleChain, _place.Name);
        }

        if (_kind == Kind.Rule)
        {
            Nft.PutBigEndian(ref message, Nft.RuleHandle, _handle);
        }

        return message.Finish(sequence, last ? (ushort)(Nlm.Request | Nlm.Ack) : Nlm.Request).ToArray();
    }
}
