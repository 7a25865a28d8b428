using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Netweir.Support.Packets;

namespace Netweir.Support.Tests.Packets;

/// <summary>A TAP device: this process is what is at the other end of the kernel's wire. No offloads, so checksums are complete.</summary>
internal sealed unsafe partial class Tap : IDisposable
{
    private const uint SetInterface = 0x400454ca;
    private const short TapWithoutPacketInfo = 0x0002 | 0x1000;
    private const short PollIn = 1;
    private readonly SafeFileHandle _handle;

    public Tap(string name)
    {
        _handle = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var request = new InterfaceRequest { Flags = TapWithoutPacketInfo };
        for (var i = 0; i < name.Length; i++)
        {
            request.Name[i] = (byte)name[i];
        }
        if (ioctl(_handle, SetInterface, &request) != 0)
        {
            throw new InvalidOperationException($"TUNSETIFF failed with errno {Marshal.GetLastPInvokeError()}.");
        }
    }

    public void Write(Packet packet)
    {
        var bytes = packet.Serialize();
        fixed (byte* data = bytes)
        {
            Assert.Equal(bytes.Length, write(_handle, data, (nuint)bytes.Length));
        }
    }

    /// <summary>The next frame that the predicate likes; every frame before it must parse and verify, too.</summary>
    public Packet ReadUntil(Func<Packet, bool> predicate)
    {
        var buffer = new byte[2048];
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(5);)
        {
            var wait = new PollRequest { Descriptor = (int)_handle.DangerousGetHandle(), Events = PollIn };
            if (poll(&wait, 1, 100) <= 0)
            {
                continue;
            }
            fixed (byte* data = buffer)
            {
                var length = (int)read(_handle, data, (nuint)buffer.Length);
                var packet = Packet.Parse(buffer.AsSpan(0, length));
                Assert.Equal(buffer[..length], packet.Serialize());
                if (predicate(packet))
                {
                    return packet;
                }
            }
        }
        throw new TimeoutException("The kernel did not send the expected packet in 5 s.");
    }

    public void Dispose() => _handle.Dispose();

    [StructLayout(LayoutKind.Sequential)]
    private struct InterfaceRequest
    {
        public fixed byte Name[16];
        public short Flags;
        public fixed byte Padding[22];
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle descriptor, nuint request, InterfaceRequest* argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollRequest* requests, nuint count, int milliseconds);
}
