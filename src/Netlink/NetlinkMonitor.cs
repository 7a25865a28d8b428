using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Netweir.Netlink;

/// <summary>
/// A subscription to changes in the namespace of the thread that opens it. Open it first and list afterwards: then nothing is missed.
/// One reader at a time.
/// </summary>
public sealed unsafe class NetlinkMonitor : SafeHandleMinusOneIsInvalid
{
    private const int DefaultReceiveQueueBytes = 4 * 1024 * 1024;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(64 * 1024);
    private readonly Queue<NetlinkEvent> _pending = new();
    private readonly int _wake;

    private NetlinkMonitor(int fd, int wake)
        : base(ownsHandle: true)
    {
        SetHandle(fd);
        _wake = wake;
    }

    /// <param name="groups">What to be told of.</param>
    /// <param name="receiveQueueBytes">What the kernel keeps for a slow reader before it drops events, about half of it payload.</param>
    public static NetlinkMonitor Open(MonitorGroups groups, int receiveQueueBytes = DefaultReceiveQueueBytes)
    {
        int fd = Libc.Socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.NETLINK_ROUTE);
        if (fd < 0)
        {
            throw NetlinkException.FromLastError("open netlink monitor");
        }

        int wake = Libc.EventFd(0, Libc.EFD_CLOEXEC);
        var monitor = new NetlinkMonitor(fd, wake);
        int queue = receiveQueueBytes;
        if (Libc.SetSockOpt(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, &queue, sizeof(int)) < 0)
        {
            _ = Libc.SetSockOpt(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF, &queue, sizeof(int));
        }

        var address = new Libc.SockaddrNl { Family = Libc.AF_NETLINK, Groups = (uint)groups };
        if (wake < 0 || Libc.Bind(fd, &address, (uint)sizeof(Libc.SockaddrNl)) < 0)
        {
            var failure = NetlinkException.FromLastError("subscribe netlink monitor");
            monitor.Dispose();
            throw failure;
        }

        return monitor;
    }

    /// <summary>Blocks until something changes.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the monitor stays usable.</exception>
    public NetlinkEvent Read(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.Register(Wake);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_pending.TryDequeue(out NetlinkEvent? next))
            {
                return next;
            }

            if (WaitReadable())
            {
                Receive();
            }
        }
    }

    protected override bool ReleaseHandle()
    {
        _ = Libc.Close(_wake);
        return Libc.Close((int)handle) == 0;
    }

    private void Wake()
    {
        ulong one = 1;
        _ = Libc.Write(_wake, &one, sizeof(ulong));
    }

    private bool WaitReadable()
    {
        Libc.PollFd* fds = stackalloc Libc.PollFd[2];
        fds[0] = new Libc.PollFd { Fd = (int)handle, Events = Libc.POLLIN };
        fds[1] = new Libc.PollFd { Fd = _wake, Events = Libc.POLLIN };
        if (Libc.Poll(fds, 2, -1) < 0)
        {
            return Marshal.GetLastPInvokeError() == Errno.EINTR ? false : throw NetlinkException.FromLastError("wait for netlink events");
        }

        if (fds[1].Returned != 0)
        {
            ulong drained;
            _ = Libc.Read(_wake, &drained, sizeof(ulong));
        }

        return fds[0].Returned != 0;
    }

    private void Receive()
    {
        nint count;
        fixed (byte* bytes = _buffer)
        {
            count = Libc.Recv((int)handle, bytes, (nuint)_buffer.Length, Libc.MSG_TRUNC);
        }

        if (count < 0 || count > _buffer.Length)
        {
            int errno = count < 0 ? Marshal.GetLastPInvokeError() : Errno.ENOBUFS;
            if (errno is not (Errno.ENOBUFS or Errno.EINTR or Errno.EAGAIN))
            {
                throw new NetlinkException("read netlink events", errno);
            }

            if (errno == Errno.ENOBUFS)
            {
                _pending.Enqueue(new NetlinkEvent(NetlinkEventKind.Resync));
            }

            return;
        }

        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, (int)count);
        while (NetlinkMessage.TryRead(ref rest, out NetlinkMessage message))
        {
            if (NetlinkEvent.Parse(message.Type, message.Body) is { } parsed)
            {
                _pending.Enqueue(parsed);
            }
        }
    }
}
