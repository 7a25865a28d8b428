using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Netweir.Netlink;

/// <summary>
/// A NETLINK_ROUTE socket, or NETLINK_NETFILTER for <see cref="NfTables"/>. It belongs for life to the network namespace of the thread that opened it, and may then be used from any
/// one thread at a time. Requests block; a reply that does not come within the receive timeout throws ETIMEDOUT.
/// </summary>
public sealed unsafe class NetlinkSocket : SafeHandleMinusOneIsInvalid
{
    private const int AnswerLength = 16 * 1024;

    /// <summary>More than the 32 KiB of which the kernel makes a dump's parts.</summary>
    private const int DumpLength = 64 * 1024;
    private const int DumpAttempts = 10;

    /// <summary>Large only once something is dumped: the plugin has two sockets, and fresh memory costs it time.</summary>
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(AnswerLength);
    private uint _portId;
    private uint _sequence = (uint)Environment.TickCount;

    private NetlinkSocket(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    private int Fd => (int)handle;

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    /// <param name="receiveTimeout">Default 30 seconds: the kernel may hold the RTNL lock for others that long.</param>
    public static NetlinkSocket Open(TimeSpan? receiveTimeout = null) => Open(Libc.NETLINK_ROUTE, receiveTimeout);

    internal static NetlinkSocket Open(int protocol, TimeSpan? receiveTimeout = null)
    {
        int fd = Libc.Socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol);
        if (fd < 0)
        {
            throw NetlinkException.FromLastError("open netlink socket");
        }

        var socket = new NetlinkSocket(fd);
        try
        {
            socket.Configure(receiveTimeout ?? TimeSpan.FromSeconds(30));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and waits for its acknowledgement.</summary>
    /// <param name="request">Finished here.</param>
    /// <param name="operation">Put into words only when it fails: nobody else reads them, and writing an address costs more than many a request.</param>
    /// <exception cref="NetlinkException">The kernel refused; the message starts with <paramref name="operation"/>.</exception>
    public void Execute(ref MessageWriter request, FormattableString operation) =>
        Exchange(request.Finish(++_sequence, Nlm.Request | Nlm.Ack), operation, static (_, _) => (object?)null, null);

    /// <summary>
    /// Sends several messages at once and waits for the first acknowledgement or refusal. All carry the number that <paramref name="write"/>
    /// is given; it returns them.
    /// </summary>
    internal void Execute(Func<uint, byte[]> write, string operation) => Exchange(write(++_sequence), $"{operation}", static (_, _) => (object?)null, null);

    /// <summary>Sends a request that is answered by one object.</summary>
    public T Query<T>(ref MessageWriter request, FormattableString operation, NetlinkParser<T> parse)
        where T : class
    {
        var found = new List<T>(1);
        Exchange(request.Finish(++_sequence, Nlm.Request | Nlm.Ack), operation, parse, found);
        return found.Count > 0 ? found[0] : throw new NetlinkException($"{Words(operation)}: the kernel acknowledged without an answer", Errno.EIO);
    }

    /// <summary>Reads a whole table. A dump that changes under way is repeated, so that the result is consistent.</summary>
    public List<T> Dump<T>(ref MessageWriter request, string operation, NetlinkParser<T> parse)
        where T : class
    {
        _buffer = _buffer.Length < DumpLength ? GC.AllocateUninitializedArray<byte>(DumpLength) : _buffer;
        for (int attempt = 0; attempt < DumpAttempts; attempt++)
        {
            var found = new List<T>();
            if (!Exchange(request.Finish(++_sequence, Nlm.Request | Nlm.Dump), $"{operation}", parse, found))
            {
                return found;
            }
        }

        throw new NetlinkException($"{operation}: the table changed during each of {DumpAttempts} reads", Errno.EAGAIN);
    }

    protected override bool ReleaseHandle() => Libc.Close(Fd) == 0;

    private void Configure(TimeSpan receiveTimeout)
    {
        var address = new Libc.SockaddrNl { Family = Libc.AF_NETLINK };
        uint length = (uint)sizeof(Libc.SockaddrNl);
        long* timeout = stackalloc long[2] { (long)receiveTimeout.TotalSeconds, receiveTimeout.Microseconds + (receiveTimeout.Milliseconds * 1000L) };
        if (Libc.Bind(Fd, &address, length) < 0
            || Libc.GetSockName(Fd, &address, &length) < 0
            || Libc.SetSockOpt(Fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, timeout, 16) < 0)
        {
            throw NetlinkException.FromLastError("configure netlink socket");
        }

        _portId = address.PortId;
        int on = 1;
        _ = Libc.SetSockOpt(Fd, Libc.SOL_NETLINK, Libc.NETLINK_EXT_ACK, &on, sizeof(int));
        _ = Libc.SetSockOpt(Fd, Libc.SOL_NETLINK, Libc.NETLINK_CAP_ACK, &on, sizeof(int));
        _ = Libc.SetSockOpt(Fd, Libc.SOL_NETLINK, Libc.NETLINK_GET_STRICT_CHK, &on, sizeof(int));
    }

    /// <returns>True when the kernel marked the dump as interrupted.</returns>
    private bool Exchange<T>(ReadOnlySpan<byte> request, FormattableString operation, NetlinkParser<T> parse, List<T>? found)
        where T : class
    {
        fixed (byte* bytes = request)
        {
            if (Libc.Send(Fd, bytes, (nuint)request.Length, 0) != request.Length)
            {
                throw NetlinkException.FromLastError($"{Words(operation)}: send");
            }
        }

        bool interrupted = false;
        bool finished = false;
        while (!finished)
        {
            ReadOnlySpan<byte> rest = Receive(operation);
            while (!finished && NetlinkMessage.TryRead(ref rest, out NetlinkMessage message))
            {
                if (message.Sequence != _sequence || message.PortId != _portId)
                {
                    continue;
                }

                interrupted |= (message.Flags & Nlm.DumpInterrupted) != 0;
                finished = Handle(message, operation, parse, found);
            }
        }

        return interrupted;
    }

    private static bool Handle<T>(NetlinkMessage message, FormattableString operation, NetlinkParser<T> parse, List<T>? found)
        where T : class
    {
        if (message.Type is Nlm.Error or Nlm.Done)
        {
            int code = message.Body.Length >= 4 ? MemoryMarshal.Read<int>(message.Body) : 0;
            return code >= 0 ? true : throw new NetlinkException(Words(operation), -code, KernelText(message));
        }

        if (parse(message.Type, message.Body) is { } value)
        {
            found?.Add(value);
        }

        return false;
    }

    private ReadOnlySpan<byte> Receive(FormattableString operation)
    {
        fixed (byte* bytes = _buffer)
        {
            nint count;
            do
            {
                count = Libc.Recv(Fd, bytes, (nuint)_buffer.Length, Libc.MSG_TRUNC);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);

            if (count < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                throw new NetlinkException($"{Words(operation)}: receive", errno == Errno.EAGAIN ? Errno.ETIMEDOUT : errno);
            }

            return count <= _buffer.Length
                ? _buffer.AsSpan(0, (int)count)
                : throw new NetlinkException($"{Words(operation)}: a reply of {count} bytes does not fit {_buffer.Length}", Errno.ENOBUFS);
        }
    }

    private static string Words(FormattableString operation) => FormattableString.Invariant(operation);

    private static string? KernelText(NetlinkMessage message)
    {
        if ((message.Flags & Nlm.AckTlvs) == 0)
        {
            return null;
        }

        // Error: code, the request's header (and its body unless capped), attributes. Done: code, attributes.
        int offset = message.Type == Nlm.Done ? 4 : 4 + MessageWriter.HeaderLength;
        if (message.Type == Nlm.Error && (message.Flags & Nlm.Capped) == 0)
        {
            offset = 4 + (int)MemoryMarshal.Read<uint>(message.Body[4..]);
        }

        foreach (NetlinkAttribute attribute in new AttributeReader(message.Body[Math.Min((offset + 3) & ~3, message.Body.Length)..]))
        {
            if (attribute.Type == Nlm.ErrorAttributeMessage)
            {
                return attribute.ReadString();
            }
        }

        return null;
    }
}
