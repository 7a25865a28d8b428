using System.Buffers.Binary;
using System.Net;

namespace Netweir.Datapath.Tests;

/// <summary>Packets that nobody sane would send.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 20_000;
    private const int Seed = 20_240_817;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void Mutated_packets_get_sane_verdicts_and_never_a_foreign_source()
    {
        using var cluster = new Cluster();
        Populate(cluster.A);
        var inputs = Seeds().Select(packet => packet.Serialize()).ToArray();
        var allowed = new[] { Net.V4, Net.V6 }
            .SelectMany(net => new[] { net.A1, net.NodeA, net.Vip, net.Vip2 })
            .Select(IPAddress.Parse).ToHashSet();
        var random = new Random(Seed);
        var started = DateTime.UtcNow;
        var count = Lab.Run(() =>
        {
            var done = 0;
            for (; done < Inputs && DateTime.UtcNow - started < Limit; done++)
            {
                var packet = Mutate(inputs[random.Next(inputs.Length)], random);
                var hook = (Hook)random.Next((int)Hook.Max);
                hook = random.Next(2) == 0 ? Hook.FromPod : hook;
                Check(cluster.A.Datapath, hook, packet, allowed, done);
            }
            return done;
        });
        Assert.Equal(Inputs, count);
    }

    private static void Check(Harness.Datapath datapath, Hook hook, byte[] packet, HashSet<IPAddress> allowed, int number)
    {
        var device = hook switch
        {
            Hook.FromPod or Hook.ToPod => Device.Pod1,
            Hook.FromHost => Device.Net,
            Hook.FromOverlay => Device.Overlay,
            _ => Device.Uplink,
        };
        var result = datapath.RunHere(hook, packet, device);
        var what = $"input {number} into {hook}: {Convert.ToHexStringLower(packet)} came out as {Convert.ToHexStringLower(result.Packet.Span)}";
        Assert.True(result.ReturnValue is Outcome.Ok or Outcome.Shot or Outcome.Redirect, $"verdict {result.ReturnValue} for {what}");
        if (hook == Hook.FromPod && result.ReturnValue != Outcome.Shot)
        {
            var source = SourceOf(result.Packet.Span);
            Assert.True(source is not null && (allowed.Contains(source) || IsAnswer(packet, source)), $"source {source} of {what}");
        }
    }

    /// <summary>A reset or an ICMP error comes from the address that the packet was sent to.</summary>
    private static bool IsAnswer(ReadOnlySpan<byte> packet, IPAddress source) => source.Equals(DestinationOf(packet));

    private static IPAddress? SourceOf(ReadOnlySpan<byte> frame) => (frame[EthernetHeader.Size] >> 4) switch
    {
        4 => new IPAddress(frame.Slice(26, 4)),
        6 => new IPAddress(frame.Slice(22, 16)),
        _ => null,
    };

    private static IPAddress? DestinationOf(ReadOnlySpan<byte> frame) => (frame[EthernetHeader.Size] >> 4) switch
    {
        4 => new IPAddress(frame.Slice(30, 4)),
        6 => new IPAddress(frame.Slice(38, 16)),
        _ => null,
    };

    private static void Populate(TestNode node)
    {
        foreach (var net in new[] { Net.V4, Net.V6 })
        {
            if (node.Endpoints.Find(Address.Parse(net.A1)) is null)
            {
                node.Pod(net.A1, Device.Pod1).Pod(net.A2, Device.Pod2);
            }
            node.Service(net.Vip, 80).Backend(net.A1, 8080).Backend(net.B1, 8080).Backend(net.NodeA, 8080).Backend(net.World, 8080);
            node.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353).Backend(net.B1, 5353);
            node.Service(net.Vip2, 80);
            node.Service(net.Vip2, 53, IpProtocol.Udp);
        }
    }

    private static List<Packet> Seeds()
    {
        List<Packet> seeds = [Packet.Frame(EthernetHeader.TypeArp, PacketBytes.Pattern(28))];
        foreach (var net in new[] { Net.V4, Net.V6 })
        {
            foreach (var to in new[] { net.A2, net.B1, net.Vip, net.Vip2, net.World, net.Office, net.NodeA, net.NodeB, net.NoPod })
            {
                seeds.Add(Net.Syn(net.A1, 4000, to, 80).Mss(1460));
                seeds.Add(Net.Tcp(net.A1, 4000, to, 80).Payload("data"));
                seeds.Add(Net.Udp(net.A1, 4000, to, 53, new string('x', 40)));
                seeds.Add(Packet.Ping(net.A1, to));
                seeds.Add(Packet.PortUnreachable(net.A1, to, Net.Udp(to, 53, net.A1, 4000)));
                seeds.Add(Packet.TooBig(net.Router, net.NodeA, 1400, Net.Udp(net.NodeA, Cluster.PortMin, to, 53)));
                seeds.AddRange(Net.Udp(net.A1, 4000, to, 53, new string('x', 200)).FragmentInto(9, 80));
                seeds.Add(Net.Udp(to, 53, net.A1, 4000));
                seeds.Add(Net.Syn(net.A1, 4000, to, 80).InVxlan(Net.V4.NodeB, Net.V4.NodeA, Cluster.Vni, 40000, VxlanHeader.LinuxPort));
            }
            seeds.Add(Net.Syn(net.NodeA, 4000, net.Vip, 80));
        }
        seeds.Add(Net.Udp(Net.V6.A1, 4000, Net.V6.Vip, 53).HopByHop().Extension(new IPv6OptionsExtension(IPv6OptionsExtension.Routing)));
        seeds.Add(Net.Udp(Net.V4.A1, 4000, Net.V4.Vip, 53).IpOptions(1, 1, 1, 0));
        return seeds;
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var packet = (byte[])seed.Clone();
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(12, packet.Length);
            switch (random.Next(5))
            {
                case 0:
                    packet[at] = (byte)random.Next(256);
                    break;
                case 1:
                    packet[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when at + 2 <= packet.Length:
                    BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), (ushort)random.Next(65536));
                    break;
                case 3:
                    packet = packet[..Math.Min(packet.Length, Math.Max(at, EthernetHeader.Size + IPv6Header.Size))]; // the test run itself refuses shorter ones
                    break;
                default:
                    packet = [.. packet, .. packet.AsSpan(random.Next(packet.Length))];
                    break;
            }
        }
        return packet;
    }
}
