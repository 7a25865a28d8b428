namespace Netweir.Support.Packets;

/// <summary>Bytes are no correct packet; the message names the header, the field, what it is and what it should be.</summary>
public sealed class PacketFormatException : Exception
{
    public PacketFormatException(string message)
        : base(message)
    {
    }

    public PacketFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public PacketFormatException()
    {
    }
}
