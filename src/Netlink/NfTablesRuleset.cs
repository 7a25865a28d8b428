namespace Netweir.Netlink;

/// <summary>
/// All of nf_tables in one network namespace: to be looked at, and taken away from. What iptables-nft makes is there, what iptables-legacy makes is
/// not. Not for use by two threads at once. On a kernel without nf_tables everything is empty.
/// </summary>
public sealed class NfTablesRuleset : IDisposable
{
    private readonly NetlinkSocket? _socket;

    private NfTablesRuleset(NetlinkSocket? socket) => _socket = socket;

    /// <summary>Of the calling thread's namespace.</summary>
    public static NfTablesRuleset Open() => new(NfTables.OpenSocket());

    /// <summary>Of another namespace; the result may be used from any thread, without entering it again.</summary>
    public static NfTablesRuleset Open(NetworkNamespace networkNamespace)
    {
        ArgumentNullException.ThrowIfNull(networkNamespace);
        return networkNamespace.Run(Open);
    }

    public IReadOnlyList<NfTablesTable> Tables()
    {
        var request = new MessageWriter(stackalloc byte[NfTables.BufferLength], Nft.GetTable, 0);
        Nft.PutHeader(ref request, 0, 0);
        return Dump(ref request, "list nf_tables tables", static (type, body) => type == Nft.NewTable ? ParseTable(body) : null);
    }

    /// <summary>Of all tables.</summary>
    public IReadOnlyList<NfTablesChainInfo> Chains()
    {
        var request = new MessageWriter(stackalloc byte[NfTables.BufferLength], Nft.GetChain, 0);
        Nft.PutHeader(ref request, 0, 0);
        return Dump(ref request, "list nf_tables chains", static (type, body) => type == Nft.NewChain ? NfTablesChainInfo.Parse(body) : null);
    }

    /// <summary>Of all chains of the table, in their order; empty when there is no such table.</summary>
    public IReadOnlyList<NfTablesRule> Rules(NfTablesTable table)
    {
        var request = new MessageWriter(stackalloc byte[NfTables.BufferLength], Nft.GetRule, 0);
        Nft.PutHeader(ref request, (byte)table.Family, 0);
        request.AttributeString(Nft.RuleTable, table.Name);
        return Dump(ref request, $"list the rules of table {table}", static (type, body) => type == Nft.NewRule ? NfTablesRule.Parse(body) : null);
    }

    /// <summary>Cheap, however many chains there are.</summary>
    public bool Exists(NfTablesChain chain) => _socket is not null && NfTables.Exists(_socket, chain);

    /// <summary>Deletes all or nothing, at one moment for all packets.</summary>
    /// <exception cref="NetlinkException">ENOENT: one of them is not there; EBUSY: a rule still jumps to one of the chains.</exception>
    public void Delete(IReadOnlyList<NfTablesDeletion> deletions, string operation)
    {
        ArgumentNullException.ThrowIfNull(deletions);
        if (deletions.Count > 0 && _socket is not null)
        {
            _socket.Execute(sequence => NfTables.Batch(sequence, [.. deletions.SelectMany((d, i) => d.Write(sequence, i == deletions.Count - 1))]), operation);
        }
    }

    public void Dispose() => _socket?.Dispose();

    private static NfTablesTable? ParseTable(ReadOnlySpan<byte> body)
    {
        foreach (NetlinkAttribute attribute in new AttributeReader(body[Nft.HeaderLength..]))
        {
            if (attribute.Type == Nft.TableName)
            {
                return new NfTablesTable((NfTablesFamily)body[0], attribute.ReadString());
            }
        }

        return null;
    }

    private List<T> Dump<T>(ref MessageWriter request, string operation, NetlinkParser<T> parse)
        where T : class
    {
        if (_socket is null)
        {
            return [];
        }

        try
        {
            return _socket.Dump(ref request, operation, parse);
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENOENT or Errno.EINVAL or Errno.EOPNOTSUPP)
        {
            return []; // EINVAL: nfnetlink is there, nf_tables is not
        }
    }
}
