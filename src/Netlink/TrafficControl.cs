using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Netweir.Netlink;

/// <summary>
/// BPF programs at clsact hooks. Netweir's filter always has the same handle and priority, so that attaching again replaces the program
/// in place: there is no moment without one, and never two.
/// </summary>
public sealed class TrafficControl
{
    public const uint Handle = 1;
    public const ushort Priority = 1;

    /// <summary>Prefix of the filter names that Netweir gives.</summary>
    public const string NamePrefix = "netweir";
    private const ushort ProtocolAll = 3;
    private const uint ClsactParent = 0xfffffff1;
    private const uint ClsactHandle = 0xffff0000;
    private const int BufferLength = 512;
    private readonly NetlinkSocket _socket;

    internal TrafficControl(NetlinkSocket socket) => _socket = socket;

    /// <summary>Adds the clsact qdisc when it is not there. One that is there is left as it is, with its filters.</summary>
    /// <exception cref="NetlinkException">EEXIST when an <c>ingress</c> qdisc occupies its place; delete that first.</exception>
    public void EnsureClsact(int linkIndex)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.NewQdisc, Nlm.Create | Nlm.Exclusive);
        PutHeader(ref request, linkIndex, ClsactHandle, ClsactParent, 0);
        request.AttributeString(TcFilter.AttributeKind, "clsact");
        try
        {
            _socket.Execute(ref request, $"add clsact to link {linkIndex}");
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.EEXIST && HasClsact(linkIndex))
        {
            // Already there: that is what was asked for.
        }
    }

    public bool HasClsact(int linkIndex) => QdiscKinds(linkIndex).Contains("clsact");

    /// <summary><c>fq_codel</c>, <c>clsact</c>, <c>ingress</c> and so on.</summary>
    public IReadOnlyList<string> QdiscKinds(int linkIndex)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.GetQdisc, 0);
        PutHeader(ref request, linkIndex, 0, 0, 0);
        return _socket.Dump(ref request, $"list qdiscs of link {linkIndex}", (_, body) => QdiscKind(body, linkIndex));
    }

    /// <summary>Removes clsact and every filter in it, including other people's.</summary>
    /// <returns>False when it was not there.</returns>
    public bool DeleteClsact(int linkIndex)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.DelQdisc, 0);
        PutHeader(ref request, linkIndex, ClsactHandle, ClsactParent, 0);
        return Deleted(ref request, $"delete clsact of link {linkIndex}");
    }

    /// <summary>Attaches a program in direct-action mode, or replaces the one that is there, atomically. Needs clsact.</summary>
    /// <param name="linkIndex">The device.</param>
    /// <param name="direction">The hook.</param>
    /// <param name="programFd">A sched_cls program; the caller keeps and closes it.</param>
    /// <param name="name">Shown by <c>tc filter show</c>; starts with <see cref="NamePrefix"/>.</param>
    public void Attach(int linkIndex, TcDirection direction, int programFd, string name)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.NewFilter, Nlm.Create);
        PutHeader(ref request, linkIndex, Handle, (uint)direction, Info(Priority));
        request.AttributeString(TcFilter.AttributeKind, "bpf");
        int options = request.BeginNest(TcFilter.AttributeOptions);
        request.Attribute(TcFilter.BpfFd, programFd);
        request.AttributeString(TcFilter.BpfName, name);
        request.Attribute(TcFilter.BpfFlags, TcFilter.BpfFlagDirectAction);
        request.EndNest(options);
        _socket.Execute(ref request, $"attach {name} to {direction} of link {linkIndex}");
    }

    /// <summary>The filters of a hook in the order in which they run; empty without clsact.</summary>
    public List<TcFilter> List(int linkIndex, TcDirection direction)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.GetFilter, 0);
        PutHeader(ref request, linkIndex, 0, (uint)direction, 0);
        try
        {
            return _socket.Dump(
                ref request,
                $"list {direction} filters of link {linkIndex}",
                static (type, body) => type == Rtm.NewFilter && TcFilter.Parse(body) is { Handle: not 0 } filter ? filter : null);
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.EINVAL or Errno.ENOENT)
        {
            return [];
        }
    }

    /// <summary>Netweir's filter at the hook, or null.</summary>
    public TcFilter? Find(int linkIndex, TcDirection direction) =>
        List(linkIndex, direction).Find(f => f is { Handle: Handle, Priority: Priority, Kind: "bpf" });

    /// <summary>Deletes Netweir's filter.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Delete(int linkIndex, TcDirection direction)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.DelFilter, 0);
        PutHeader(ref request, linkIndex, Handle, (uint)direction, Info(Priority));
        request.AttributeString(TcFilter.AttributeKind, "bpf");
        return Deleted(ref request, $"delete {direction} filter of link {linkIndex}");
    }

    /// <summary>tcm_info of a filter: priority above the protocol in network byte order.</summary>
    private static uint Info(ushort priority) => ((uint)priority << 16) | BinaryPrimitives.ReverseEndianness(ProtocolAll);

    private static string? QdiscKind(ReadOnlySpan<byte> body, int linkIndex)
    {
        foreach (NetlinkAttribute attribute in new AttributeReader(body[20..]))
        {
            if (attribute.Type == TcFilter.AttributeKind && MemoryMarshal.Read<int>(body[4..]) == linkIndex)
            {
                return attribute.ReadString();
            }
        }

        return null;
    }

    /// <summary>struct tcmsg.</summary>
    private static void PutHeader(ref MessageWriter request, int linkIndex, uint handle, uint parent, uint info)
    {
        request.Put(0);
        request.Put(linkIndex);
        request.Put(handle);
        request.Put(parent);
        request.Put(info);
    }

    private bool Deleted(ref MessageWriter request, FormattableString operation)
    {
        try
        {
            _socket.Execute(ref request, operation);
            return true;
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENOENT or Errno.ENODEV or Errno.EINVAL)
        {
            // Without the qdisc the kernel answers EINVAL ("Parent Qdisc doesn't exists").
            return false;
        }
    }
}
