using System.Net;
using System.Net.Sockets;
using Netweir.Support.Packets;

namespace Netweir.Support.Tests.Packets;

/// <summary>The kernel's packets must verify here, and ours must be accepted by the kernel.</summary>
public sealed class PacketKernelTests
{
    private const string KernelMac = "02:00:00:00:00:01";
    private const string OurMac = "02:00:00:00:00:02";

    public static TheoryData<string, string> Families => new() { { "10.9.0.1", "10.9.0.2" }, { "fd09::1", "fd09::2" } };

    [Theory]
    [MemberData(nameof(Families))]
    public void Kernel_accepts_a_tcp_conversation_of_ours(string kernel, string us) => WithTap(tap =>
    {
        using var socket = new Socket(IPAddress.Parse(us).AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        Assert.Throws<SocketException>(() => socket.Connect(IPAddress.Parse(us), 80));
        var syn = tap.ReadUntil(p => p.L4 is TcpHeader { Flags: TcpFlags.Syn });
        Assert.Equal(IPAddress.Parse(kernel), syn.Ip!.Source);
        tap.Write(syn.Reply());
        var ack = tap.ReadUntil(p => p.L4 is TcpHeader { Flags: TcpFlags.Ack });
        Assert.Equal(1001u, ((TcpHeader)ack.L4!).Acknowledgment);

        socket.Send("odd"u8);
        var data = tap.ReadUntil(p => p is { L4: TcpHeader, Payload.Length: > 0 });
        Assert.Equal(PacketBytes.FromText("odd"), data.Payload);
        tap.Write(data.Reply().PshAck().Payload("answer"));
        Assert.Equal("answer", ReceiveText(socket));
        tap.Write(data.Reply().Seq(1007).RstAck());
        tap.ReadUntil(p => p.L4 is TcpHeader { Acknowledgment: 1007 });
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Kernel_accepts_a_udp_answer_of_ours(string kernel, string us) => WithTap(tap =>
    {
        using var socket = new Socket(IPAddress.Parse(us).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(kernel), 4000));
        socket.SendTo("question"u8, new IPEndPoint(IPAddress.Parse(us), 53));
        var question = tap.ReadUntil(p => p.L4 is UdpHeader { DestinationPort: 53 });
        Assert.Equal(PacketBytes.FromText("question"), question.Payload);
        tap.Write(question.Reply().Payload("answer!"));
        Assert.Equal("answer!", ReceiveText(socket));
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Kernel_answers_our_ping(string kernel, string us) => WithTap(tap =>
    {
        var ping = Packet.Ping(us, kernel, id: 7, sequence: 9).Mac(OurMac, KernelMac).Payload("abcdefghi");
        tap.Write(ping);
        var answer = tap.ReadUntil(p => p.L4 is IcmpHeader { IsEchoReply: true });
        PacketAssert.Equal(ping.Reply(), Plain(answer));
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Kernel_quotes_our_packet_in_an_icmp_error(string kernel, string us) => WithTap(tap =>
    {
        var udp = Packet.Udp(End(us, 1234), End(kernel, 9)).Mac(OurMac, KernelMac).Payload("nobody listens");
        tap.Write(udp);
        var error = tap.ReadUntil(p => p.Embedded is not null);
        PacketAssert.Equal(Packet.PortUnreachable(kernel, us, udp).Mac(KernelMac, OurMac), Plain(error));
    });

    [Theory]
    [MemberData(nameof(Families))]
    public void Kernel_reassembles_our_fragments_and_we_the_kernels(string kernel, string us) => WithTap(tap =>
    {
        using var socket = new Socket(IPAddress.Parse(us).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(kernel), 4000));
        var whole = Packet.Udp(End(us, 5000), End(kernel, 4000)).Mac(OurMac, KernelMac).Payload(PacketBytes.Pattern(3001));
        foreach (var fragment in whole.FragmentInto(id: 77, size: 1280))
        {
            tap.Write(fragment);
        }
        var buffer = new byte[4000];
        socket.ReceiveTimeout = 5000;
        Assert.Equal(3001, socket.Receive(buffer));

        socket.SendTo(buffer.AsSpan(0, 3001), new IPEndPoint(IPAddress.Parse(us), 5000));
        List<Packet> fragments = [];
        do
        {
            fragments.Add(tap.ReadUntil(p => p.Ip?.Fragment is not null));
        }
        while (fragments[^1].Ip!.Fragment!.Value.More);
        PacketAssert.Equal(whole.Reply(), Plain(PacketFragments.Reassemble(fragments)));
    });

    private static void WithTap(Action<Tap> test) => TestNamespace.Run(() =>
    {
        using var tap = new Tap("tap0");
        TestNamespace.Ip($"link set tap0 address {KernelMac} up");
        TestNamespace.Ip("addr add 10.9.0.1/24 dev tap0");
        TestNamespace.Ip("addr add fd09::1/64 dev tap0 nodad");
        TestNamespace.Ip($"neigh add 10.9.0.2 lladdr {OurMac} dev tap0 nud permanent");
        TestNamespace.Ip($"neigh add fd09::2 lladdr {OurMac} dev tap0 nud permanent");
        WaitForLocalRoute("fd090000000000000000000000000001 80");
        test(tap);
    });

    /// <summary>The kernel installs an IPv6 address's route in a worker, and until then refuses packets to the address.</summary>
    private static void WaitForLocalRoute(string route) => Assert.True(
        SpinWait.SpinUntil(() => File.ReadAllText("/proc/thread-self/net/ipv6_route").Contains(route, StringComparison.Ordinal), 5000),
        $"The kernel did not install the route {route} in 5 s.");

    /// <summary>Without what the kernel chooses freely.</summary>
    private static Packet Plain(Packet packet) => packet with
    {
        Ip = packet.Ip switch
        {
            IPv4Header ip => ip with { Id = 0, DontFragment = false, Tos = 0 },
            IPv6Header ip => ip with { FlowLabel = 0 },
            var other => other,
        },
    };

    private static IPEndPoint End(string address, int port) => new(IPAddress.Parse(address), port);

    private static string ReceiveText(Socket socket)
    {
        var buffer = new byte[64];
        Assert.True(socket.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectRead), "nothing was received in 5 s");
        return System.Text.Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }
}
