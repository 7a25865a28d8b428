namespace Netweir.Support.Packets;

/// <summary>Changed copies of TCP packets.</summary>
public static class TcpChanges
{
    public static Packet Flags(this Packet packet, TcpFlags flags) => packet.WithTcp(tcp => tcp with { Flags = flags });

    public static Packet Syn(this Packet packet) => packet.Flags(TcpFlags.Syn);

    public static Packet SynAck(this Packet packet) => packet.Flags(TcpFlags.Syn | TcpFlags.Ack);

    public static Packet Ack(this Packet packet) => packet.Flags(TcpFlags.Ack);

    public static Packet PshAck(this Packet packet) => packet.Flags(TcpFlags.Psh | TcpFlags.Ack);

    public static Packet FinAck(this Packet packet) => packet.Flags(TcpFlags.Fin | TcpFlags.Ack);

    public static Packet Rst(this Packet packet) => packet.Flags(TcpFlags.Rst);

    public static Packet RstAck(this Packet packet) => packet.Flags(TcpFlags.Rst | TcpFlags.Ack);

    public static Packet Seq(this Packet packet, uint sequence) => packet.WithTcp(tcp => tcp with { Sequence = sequence });

    /// <summary>The acknowledgment number; the flag stays as it is.</summary>
    public static Packet AckNumber(this Packet packet, uint number) => packet.WithTcp(tcp => tcp with { Acknowledgment = number });

    public static Packet Window(this Packet packet, ushort window) => packet.WithTcp(tcp => tcp with { Window = window });

    /// <param name="options">A multiple of 4 bytes, at most 40.</param>
    public static Packet TcpOptions(this Packet packet, params byte[] options) => packet.WithTcp(tcp => tcp with { Options = new(options) });

    /// <summary>The maximum segment size as the only option.</summary>
    public static Packet Mss(this Packet packet, ushort mss) => packet.TcpOptions(2, 4, (byte)(mss >> 8), (byte)mss);

    private static Packet WithTcp(this Packet packet, Func<TcpHeader, TcpHeader> change) =>
        packet with { L4 = change(packet.Need<TcpHeader>(packet.L4)) };
}
