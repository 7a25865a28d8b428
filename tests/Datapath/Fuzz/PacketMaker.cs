using System.Globalization;

namespace Netweir.Datapath.Tests.Fuzz;

/// <summary>Packets of every kind that a pod, a process or a neighbour can send, between addresses that mean something and some that do not.</summary>
internal sealed class PacketMaker(Random random)
{
    private static readonly int[] s_ports = [80, 53, 8080, 5353, 4000, 4001, 30080, Cluster.PortMin, Cluster.PortMin + 1, Cluster.PortMax, VxlanHeader.LinuxPort, 0, 65535];
    private static readonly byte[] s_protocols = [2, 4, 41, 47, 50, 51, 59, 89, 103, 132, 253, 255];

    /// <summary>From one of <paramref name="sources"/> mostly.</summary>
    public Packet Make(Net net, string[] sources)
    {
        var packet = Decorate(Plain(net, random.Next(8) == 0 ? Address(net) : Pick(sources), Address(net), depth: 0));
        return random.Next(12) == 0 ? Tunnelled(packet) : packet;
    }

    /// <summary>What a whole packet becomes on its way through a path of small MTU; now and then out of order, overlapping or incomplete.</summary>
    public IReadOnlyList<Packet> Fragments(Net net, string[] sources)
    {
        var whole = Plain(net, Pick(sources), Address(net), depth: 2);
        var size = 8 * random.Next(1, 12);
        var fragments = whole.Payload(PacketBytes.Pattern(random.Next(1, 400))).FragmentInto((uint)random.Next(4), size).ToList();
        if (random.Next(4) == 0)
        {
            fragments.Add(whole.Fragment((uint)random.Next(4), 8 * random.Next(8192), random.Next(2) == 0));
        }
        if (random.Next(3) == 0)
        {
            fragments.RemoveAt(random.Next(fragments.Count));
        }
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fragments));
        return fragments;
    }

    private Packet Plain(Net net, string from, string to, int depth)
    {
        var (source, destination) = (Harness.Net.At(from, Pick(s_ports)), Harness.Net.At(to, Pick(s_ports)));
        return random.Next(depth > 1 ? 6 : 9) switch
        {
            0 or 1 => Packet.Tcp(source, destination).Flags(Flags()).Payload(Payload()),
            2 or 3 => Packet.Udp(source, destination).Payload(Payload()),
            4 => Packet.Sctp(source, destination).Payload(Payload()),
            5 => random.Next(2) == 0 ? Packet.Ping(from, to, (ushort)random.Next(4)) : Packet.Ping(to, from, (ushort)random.Next(4)).Reply(),
            6 => Packet.Raw(Pick(s_protocols), from, to).Payload(Payload()),
            7 => Packet.Icmp((byte)random.Next(256), (byte)random.Next(16), from, to, (uint)random.Next()).Payload(Payload()),
            _ => Error(net, from, to, depth),
        };
    }

    private TcpFlags Flags() => random.Next(3) switch
    {
        0 => TcpFlags.Syn,
        1 => Pick([TcpFlags.Ack, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Ack, TcpFlags.None]),
        _ => (TcpFlags)random.Next(256),
    };

    /// <summary>Quotes a packet that the receiver sent, or anything.</summary>
    private Packet Error(Net net, string from, string to, int depth)
    {
        var quoted = random.Next(4) == 0 ? Plain(net, Address(net), Address(net), depth + 1) : Plain(net, to, random.Next(2) == 0 ? from : Address(net), depth + 1);
        var bytes = random.Next(3) == 0 ? random.Next(net.HeaderSize, 80) : int.MaxValue;
        return random.Next(3) switch
        {
            0 => Packet.PortUnreachable(from, to, quoted, bytes),
            1 => Packet.TooBig(from, to, (ushort)random.Next(65536), quoted, bytes),
            _ => Packet.TimeExceeded(from, to, quoted, bytes),
        };
    }

    private Packet Decorate(Packet packet)
    {
        if (random.Next(6) == 0)
        {
            packet = packet.Ttl((byte)random.Next(4));
        }
        if (packet.Ip is IPv4Header)
        {
            packet = random.Next(2) == 0 ? packet.DontFragment() : packet;
            return random.Next(8) == 0 ? packet.IpOptions([.. Enumerable.Repeat((byte)1, 4 * random.Next(1, 11))]) : packet;
        }
        for (var headers = random.Next(8) == 0 ? random.Next(1, 9) : 0; headers > 0; headers--)
        {
            packet = packet.Extension(random.Next(4) == 0
                ? new IPv6FragmentExtension { Id = (uint)random.Next(4), More = random.Next(2) == 0 }
                : new IPv6OptionsExtension(Pick([IPv6OptionsExtension.HopByHop, IPv6OptionsExtension.Routing, IPv6OptionsExtension.DestinationOptions])));
        }
        return packet;
    }

    /// <summary>VXLAN, sometimes in VXLAN again, from the peer or somebody else.</summary>
    private Packet Tunnelled(Packet packet)
    {
        for (var depth = random.Next(8) == 0 ? 2 : 1; depth > 0; depth--)
        {
            var vni = random.Next(8) == 0 ? (uint)random.Next(1 << 24) : Cluster.Vni;
            packet = packet.InVxlan(
                Pick([Net.V4.NodeB, Net.V4.NodeB, Net.V4.World, Net.V4.A1]), Pick([Net.V4.NodeA, Net.V4.NodeA, Net.V4.NodeB]), vni, 40000, VxlanHeader.LinuxPort);
        }
        return packet;
    }

    private PacketBytes Payload() => random.Next(4) switch
    {
        0 => default,
        1 => PacketBytes.Pattern(random.Next(1, 9)),
        2 => PacketBytes.Pattern(random.Next(10, 200)),
        _ => PacketBytes.Pattern(random.Next(16) == 0 ? random.Next(1300, 1480) : random.Next(200)),
    };

    private string Address(Net net) => random.Next(20) == 0 ? Strange(net) : Pick(
    [
        net.A1, net.A1, net.A2, net.A2, net.B1, net.B1, net.B2, net.Vip, net.Vip, net.Vip, net.Vip2, net.World, net.World, net.Office, net.NodeA, net.NodeA,
        net.NodeB, net.NoPod, net.HostA, net.Router, net.Multicast, net.LinkLocal,
    ]);

    private string Strange(Net net) => net.IsIPv6
        ? Pick(["::", "::1", "::ffff:10.244.1.2", "::10.244.1.2", "ff01::1", "fe80::1", "2002:af4:102::1", "fd00:96::dead"])
        : Pick(["0.0.0.0", "127.0.0.1", "255.255.255.255", "224.0.0.1", "240.0.0.1", "169.254.169.254", "10.96.255.1", Number()]);

    private string Number() => string.Create(CultureInfo.InvariantCulture, $"{random.Next(256)}.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}");

    private T Pick<T>(T[] of) => of[random.Next(of.Length)];
}
