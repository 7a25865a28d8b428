namespace Netweir.Support.Packets;

public sealed class PacketMismatchException : Exception
{
    public PacketMismatchException(string message)
        : base(message)
    {
    }

    public PacketMismatchException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public PacketMismatchException()
    {
    }
}
