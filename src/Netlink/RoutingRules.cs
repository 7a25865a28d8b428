namespace Netweir.Netlink;

/// <summary>Which routing table is asked, in the order of their priorities; both families.</summary>
public sealed class RoutingRules
{
    private const int BufferLength = 128;
    private readonly NetlinkSocket _socket;

    internal RoutingRules(NetlinkSocket socket) => _socket = socket;

    /// <summary>All rules of both families, whoever made them.</summary>
    public List<RoutingRule> List() => [.. List(Libc.AF_INET), .. List(Libc.AF_INET6)];

    /// <exception cref="NetlinkException">EEXIST when the very rule is there.</exception>
    public void Add(RoutingRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.NewRule, Nlm.Create | Nlm.Exclusive);
        rule.WriteTo(ref request);
        _socket.Execute(ref request, $"add {rule}");
    }

    /// <returns>False when there was no such rule.</returns>
    public bool Delete(RoutingRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.DelRule, 0);
        rule.WriteTo(ref request);
        try
        {
            _socket.Execute(ref request, $"delete {rule}");
            return true;
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENOENT or Errno.ESRCH)
        {
            return false;
        }
    }

    private List<RoutingRule> List(int family)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.GetRule, 0);
        request.Put((byte)family);
        request.Put((byte)0);
        request.Put((ushort)0);
        request.Put(0L);
        try
        {
            return _socket.Dump(ref request, "list routing rules", static (type, body) => type == Rtm.NewRule ? RoutingRule.Parse(body) : null);
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.EAFNOSUPPORT or Errno.EOPNOTSUPP)
        {
            return []; // a kernel without the family, or without rules
        }
    }
}
