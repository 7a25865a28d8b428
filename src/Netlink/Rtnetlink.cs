namespace Netweir.Netlink;

/// <summary>
/// Typed rtnetlink for one network namespace over one socket. Not for use by two threads at once. Every refusal is a
/// <see cref="NetlinkException"/>; deleting what is not there is not one.
/// </summary>
public sealed class Rtnetlink : IDisposable
{
    private readonly NetlinkSocket _socket;

    /// <param name="socket">Owned from here on.</param>
    public Rtnetlink(NetlinkSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        Links = new Links(socket);
        Addresses = new Addresses(socket);
        Routes = new Routes(socket);
        Rules = new RoutingRules(socket);
        Neighbours = new Neighbours(socket);
        TrafficControl = new TrafficControl(socket);
    }

    public Links Links { get; }

    public Addresses Addresses { get; }

    public Routes Routes { get; }

    public RoutingRules Rules { get; }

    public Neighbours Neighbours { get; }

    public TrafficControl TrafficControl { get; }

    /// <summary>For the calling thread's namespace.</summary>
    public static Rtnetlink Open() => new(NetlinkSocket.Open());

    /// <summary>For another namespace; the result may be used from any thread, without entering it again.</summary>
    public static Rtnetlink Open(NetworkNamespace networkNamespace)
    {
        ArgumentNullException.ThrowIfNull(networkNamespace);
        return new Rtnetlink(networkNamespace.Run(() => NetlinkSocket.Open()));
    }

    public void Dispose() => _socket.Dispose();
}
