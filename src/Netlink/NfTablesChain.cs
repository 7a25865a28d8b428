namespace Netweir.Netlink;

/// <summary>The name of an nf_tables chain. What iptables-nft calls table filter is the table <c>filter</c> of its family.</summary>
public sealed record NfTablesChain(NfTablesFamily Family, string Table, string Name)
{
    public override string ToString() => $"chain {Family} {Table} {Name}";
}
