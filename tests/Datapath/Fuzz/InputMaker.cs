using System.Buffers.Binary;

namespace Netweir.Datapath.Tests.Fuzz;

/// <summary>What comes to which hook. The same seed gives the same inputs.</summary>
internal sealed class InputMaker
{
    private const ushort VlanTag = 0x8100;
    private readonly Random _random;
    private readonly PacketMaker _packets;
    private readonly Mutator _mutator;
    private readonly Queue<FuzzInput> _waiting = [];

    public InputMaker(Random random)
    {
        _random = random;
        _packets = new PacketMaker(random);
        _mutator = new Mutator(random);
    }

    public FuzzInput Next()
    {
        if (_waiting.TryDequeue(out var waiting))
        {
            return waiting;
        }
        var (hook, device) = Place();
        var net = _random.Next(2) == 0 ? Net.V4 : Net.V6;
        if (_random.Next(10) == 0)
        {
            foreach (var fragment in _packets.Fragments(net, Sources(hook, device, net)))
            {
                _waiting.Enqueue(new(hook, device, Address(fragment, hook, device).Serialize(), 0));
            }
            return Next();
        }
        var frame = _random.Next(40) == 0
            ? _mutator.RandomBytes()
            : Framed(Address(_packets.Make(net, Sources(hook, device, net)), hook, device).Serialize());
        var gso = _random.Next(8) == 0 ? (uint)_random.Next(1, 1500) : 0;
        return new(hook, device, _random.Next(2) == 0 ? _mutator.Mutate(frame) : frame, gso);
    }

    private (Hook Hook, Device Device) Place()
    {
        var hook = _random.Next(2) == 0 ? Hook.FromPod : (Hook)_random.Next((int)Hook.Max);
        return (hook, hook switch
        {
            Hook.FromPod or Hook.ToPod => _random.Next(3) == 0 ? Device.Pod2 : Device.Pod1,
            Hook.FromHost => Device.Net,
            Hook.FromOverlay => Device.Overlay,
            Hook.FromLoopback => Device.Loopback,
            _ => Device.Uplink,
        });
    }

    /// <summary>Who sends what this hook sees; one of 8 packets is of somebody else.</summary>
    private static string[] Sources(Hook hook, Device device, Net net) => hook switch
    {
        Hook.FromPod => [device == Device.Pod1 ? net.A1 : net.A2],
        Hook.FromNetdev => [net.World, net.Office, net.NodeB, net.B1, net.Router],
        Hook.FromOverlay => [net.B1, net.NodeB],
        Hook.ToPod => [net.A1, net.A2, net.NodeA, net.B1, net.World],
        Hook.ToNetdev => [net.A1, net.NodeA, net.HostA],
        _ => net.IsIPv6 ? [net.NodeA, net.HostA] : [net.NodeA, net.HostA, "127.0.0.1"],
    };

    private Packet Address(Packet packet, Hook hook, Device device) => hook switch
    {
        Hook.FromPod => packet.Mac(TestNode.PodMac(device), TestNode.GatewayMac(device)),
        Hook.ToPod => packet.Mac(TestNode.GatewayMac(device), TestNode.PodMac(device)),
        Hook.FromNetdev => packet.Mac(TestNode.RouterMac, _random.Next(32) == 0 ? new(0xff_ff_ff_ff_ff_ff) : TestNode.UplinkMac),
        Hook.FromHost => packet.Mac(TestNode.HostMac, TestNode.NetMac),
        _ => packet,
    };

    /// <summary>Sometimes with a VLAN's tag, as another device's frames.</summary>
    private byte[] Framed(byte[] frame)
    {
        if (_random.Next(64) != 0)
        {
            return frame;
        }
        var tag = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(tag, VlanTag);
        tag[3] = (byte)_random.Next(256);
        return [.. frame.AsSpan(0, 12), .. tag, .. frame.AsSpan(12)];
    }
}
