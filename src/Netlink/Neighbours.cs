using System.Net.Sockets;

namespace Netweir.Netlink;

/// <summary>Neighbour tables of both families.</summary>
public sealed class Neighbours
{
    private const int BufferLength = 128;
    private readonly NetlinkSocket _socket;

    internal Neighbours(NetlinkSocket socket) => _socket = socket;

    /// <param name="linkIndex">Only this device's; 0 for all.</param>
    public List<Neighbour> List(int linkIndex = 0)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.GetNeigh, 0);
        request.Put(0L);
        request.Put(0);
        if (linkIndex != 0)
        {
            request.Attribute(Neighbour.AttributeLinkIndex, linkIndex);
        }

        return _socket.Dump(ref request, "list neighbours", (type, body) => type == Rtm.NewNeigh && Neighbour.Parse(body) is { } n && (linkIndex == 0 || n.LinkIndex == linkIndex) ? n : null);
    }

    /// <summary>Adds or replaces the entry with the record's state, permanent unless said otherwise.</summary>
    public void Replace(Neighbour neighbour)
    {
        ArgumentNullException.ThrowIfNull(neighbour);
        var request = Write(stackalloc byte[BufferLength], Rtm.NewNeigh, Nlm.Create | Nlm.Replace, neighbour);
        Span<byte> mac = stackalloc byte[MacAddress.Length];
        neighbour.Mac.CopyTo(mac);
        request.Attribute(Neighbour.AttributeMac, mac);
        _socket.Execute(ref request, $"replace neighbour {neighbour}");
    }

    /// <returns>False when there was no such entry.</returns>
    public bool Delete(Neighbour neighbour)
    {
        ArgumentNullException.ThrowIfNull(neighbour);
        var request = Write(stackalloc byte[BufferLength], Rtm.DelNeigh, 0, neighbour);
        try
        {
            _socket.Execute(ref request, $"delete neighbour {neighbour}");
            return true;
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENOENT or Errno.ENODEV)
        {
            return false;
        }
    }

    private static MessageWriter Write(Span<byte> buffer, ushort type, ushort flags, Neighbour neighbour)
    {
        bool v4 = neighbour.Address.AddressFamily == AddressFamily.InterNetwork;
        var request = new MessageWriter(buffer, type, flags);
        request.Put(v4 ? Libc.AF_INET : Libc.AF_INET6);
        request.Put(neighbour.LinkIndex);
        request.Put((ushort)neighbour.State);
        request.Put((ushort)0);
        request.AttributeAddress(Neighbour.AttributeDestination, neighbour.Address);
        return request;
    }
}
