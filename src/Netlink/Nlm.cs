namespace Netweir.Netlink;

/// <summary>Message types and flags of netlink itself (linux/netlink.h).</summary>
internal static class Nlm
{
    public const ushort Error = 2;
    public const ushort Done = 3;
    public const ushort Overrun = 4;

    public const ushort Request = 0x001;
    public const ushort Multi = 0x002;
    public const ushort Ack = 0x004;
    public const ushort DumpInterrupted = 0x010;
    public const ushort Dump = 0x300;
    public const ushort Replace = 0x100;
    public const ushort Exclusive = 0x200;
    public const ushort Create = 0x400;
    public const ushort Capped = 0x100;
    public const ushort AckTlvs = 0x200;

    public const int ErrorAttributeMessage = 1;
}
