namespace Netweir.Datapath.Tests.Harness;

/// <summary>Packets that the datapath makes itself.</summary>
internal static class Answers
{
    /// <summary>As the datapath sends its own packets back to a pod: with "don't fragment" and the way's addresses turned round.</summary>
    public static Packet AsAnswerTo(this Packet answer, Packet packet, Device pod = Device.Pod1) =>
        (packet.Ip is IPv4Header ? answer.DontFragment() : answer).Mac(TestNode.GatewayMac(pod), TestNode.PodMac(pod));

    /// <summary>RFC 9293, 3.10.7.1.</summary>
    public static Packet ResetOf(Packet packet, Device pod = Device.Pod1)
    {
        var tcp = (TcpHeader)packet.L4!;
        var length = (uint)packet.Payload.Length + (tcp.Flags.HasFlag(TcpFlags.Syn) ? 1u : 0) + (tcp.Flags.HasFlag(TcpFlags.Fin) ? 1u : 0);
        var reset = (packet.Reply() with { Payload = default }).Window(0);
        reset = tcp.Flags.HasFlag(TcpFlags.Ack)
            ? reset.Rst().Seq(tcp.Acknowledgment).AckNumber(0)
            : reset.RstAck().Seq(0).AckNumber(tcp.Sequence + length);
        return reset.AsAnswerTo(packet, pod);
    }

    public static Packet FromGateway(this Packet packet, Device pod = Device.Pod1) => packet.Mac(TestNode.GatewayMac(pod), TestNode.PodMac(pod));

    public static Packet FromPod(this Packet packet, Device pod = Device.Pod1) => packet.Mac(TestNode.PodMac(pod), TestNode.GatewayMac(pod));

    public static ushort SourcePort(this Packet packet) => ((PortHeader)packet.L4!).SourcePort;

    public static string Destination(this Packet packet) => packet.Ip!.Destination.ToString();

    public static string Source(this Packet packet) => packet.Ip!.Source.ToString();
}
