using System.Text;

namespace Netweir.Netlink;

/// <summary>
/// As much of nf_tables as it takes to keep one rule in somebody else's chain. For one network namespace, over one socket; not for use by two
/// threads at once. On a kernel without nf_tables there are no chains. The rules of iptables-legacy are not nf_tables' and are not seen.
/// </summary>
public sealed class NfTables : IDisposable
{
    internal const int BufferLength = 1024;
    private readonly NetlinkSocket? _socket;

    private NfTables(NetlinkSocket? socket) => _socket = socket;

    /// <summary>For the calling thread's namespace.</summary>
    /// <exception cref="NetlinkException">The kernel refused a socket, for another reason than that it has no netfilter netlink.</exception>
    public static NfTables Open() => new(OpenSocket());

    /// <summary>For another namespace; the result may be used from any thread, without entering it again.</summary>
    public static NfTables Open(NetworkNamespace networkNamespace)
    {
        ArgumentNullException.ThrowIfNull(networkNamespace);
        return networkNamespace.Run(Open);
    }

    /// <summary>The chain's rules in their order; null when there is no such chain, table or kernel support.</summary>
    public IReadOnlyList<NfTablesRule>? Rules(NfTablesChain chain)
    {
        if (_socket is null || !Exists(_socket, chain))
        {
            return null;
        }

        var request = new MessageWriter(stackalloc byte[BufferLength], Nft.GetRule, 0);
        Nft.PutHeader(ref request, (byte)chain.Family, 0);
        request.AttributeString(Nft.RuleTable, chain.Table);
        request.AttributeString(Nft.RuleChain, chain.Name);
        try
        {
            return _socket.Dump(ref request, $"list the rules of {chain}", static (type, body) => type == Nft.NewRule ? NfTablesRule.Parse(body) : null);
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.ENOENT)
        {
            return null;
        }
    }

    /// <summary>Puts a rule before all others of the chain: packets that leave by <paramref name="device"/> return from it.</summary>
    /// <param name="chain">To insert into.</param>
    /// <param name="device">Name of an interface.</param>
    /// <param name="comment">Shown by <c>nft</c> and <c>iptables-save</c>; at most 128 bytes.</param>
    /// <returns>False when there is no such chain.</returns>
    public bool InsertReturnOnOutput(NfTablesChain chain, string device, string comment)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(comment), 128, nameof(comment));
        byte[] Write(uint sequence)
        {
            // Without NLM_F_APPEND the kernel puts it first.
            var rule = new MessageWriter(stackalloc byte[BufferLength], Nft.NewRule, Nlm.Create);
            Nft.PutHeader(ref rule, (byte)chain.Family, 0);
            rule.AttributeString(Nft.RuleTable, chain.Table);
            rule.AttributeString(Nft.RuleChain, chain.Name);
            int expressions = rule.BeginNest(Nft.RuleExpressions);
            NfTablesExpressions.PutReturnOnOutput(ref rule, device);
            rule.EndNest(expressions);
            byte[] text = Encoding.UTF8.GetBytes(comment + '\0');
            rule.Attribute(Nft.RuleUserData, [Nft.UserDataComment, (byte)text.Length, .. text]);
            return Batch(ref rule, sequence);
        }

        return Change(chain, Write, $"insert a rule for {device} into {chain}");
    }

    /// <returns>False when there is no such rule, or chain.</returns>
    public bool Delete(NfTablesChain chain, ulong handle)
    {
        byte[] Write(uint sequence)
        {
            var rule = new MessageWriter(stackalloc byte[BufferLength], Nft.DeleteRule, 0);
            Nft.PutHeader(ref rule, (byte)chain.Family, 0);
            rule.AttributeString(Nft.RuleTable, chain.Table);
            rule.AttributeString(Nft.RuleChain, chain.Name);
            Nft.PutBigEndian(ref rule, Nft.RuleHandle, handle);
            return Batch(ref rule, sequence);
        }

        string operation = $"delete rule {handle} of {chain}";
        try
        {
            return Change(chain, Write, operation);
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.ENOENT)
        {
            return false;
        }
    }

    public void Dispose() => _socket?.Dispose();

    /// <summary>Null when the kernel has no netfilter netlink.</summary>
    internal static NetlinkSocket? OpenSocket()
    {
        try
        {
            return NetlinkSocket.Open(Libc.NETLINK_NETFILTER);
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.EPROTONOSUPPORT)
        {
            return null;
        }
    }

    /// <summary>False when the chain is not there; ENOENT of anything else (as of an expression that the kernel lacks) is thrown.</summary>
    private bool Change(NfTablesChain chain, Func<uint, byte[]> write, string operation)
    {
        if (_socket is null)
        {
            return false;
        }

        try
        {
            _socket.Execute(write, operation);
            return true;
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.ENOENT && !Exists(_socket, chain))
        {
            return false;
        }
    }

    internal static bool Exists(NetlinkSocket socket, NfTablesChain chain)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Nft.GetChain, 0);
        Nft.PutHeader(ref request, (byte)chain.Family, 0);
        request.AttributeString(Nft.ChainTable, chain.Table);
        request.AttributeString(Nft.ChainName, chain.Name);
        try
        {
            socket.Query(ref request, $"look for {chain}", static (type, _) => type == Nft.NewChain ? "" : null);
            return true;
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENOENT or Errno.EINVAL or Errno.EOPNOTSUPP)
        {
            // EINVAL: nfnetlink is there, nf_tables is not.
            return false;
        }
    }

    /// <summary>nf_tables takes changes only between these two messages. Only the change itself is acknowledged.</summary>
    private static byte[] Batch(ref MessageWriter change, uint sequence) => Batch(sequence, change.Finish(sequence, Nlm.Request | Nlm.Ack));

    /// <param name="sequence">That of all messages.</param>
    /// <param name="changes">Finished messages.</param>
    internal static byte[] Batch(uint sequence, ReadOnlySpan<byte> changes)
    {
        var begin = new MessageWriter(stackalloc byte[32], Nft.BatchBegin, Nlm.Request);
        Nft.PutHeader(ref begin, 0, Nft.Subsystem);
        var end = new MessageWriter(stackalloc byte[32], Nft.BatchEnd, Nlm.Request);
        Nft.PutHeader(ref end, 0, Nft.Subsystem);
        return [.. begin.Finish(sequence, 0), .. changes, .. end.Finish(sequence, 0)];
    }
}
