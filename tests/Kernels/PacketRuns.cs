using LibBpf.Interop;
using Netweir.Controller;
using Netweir.Loader;
using Netweir.Maps;
using Netweir.Support.Packets;

namespace Netweir.Kernels;

/// <summary>What the first pod sends, through <c>from_pod</c> in one configuration, and what must become of it.</summary>
internal sealed class PacketRuns(KernelNode node, NetweirMaps maps, ProgramSet programs, Configuration configuration)
{
    private const int Shot = 2; // linux/pkt_cls.h
    private const int Redirect = 7;
    private const int VxlanOverhead = 50;
    private int _packets;

    /// <summary>How many packets were run.</summary>
    /// <exception cref="InvalidOperationException">One of them was not dealt with as it should be.</exception>
    public int Run()
    {
        foreach (var family in new[] { Plan.V4, Plan.V6 }.Where(f => f.IsIPv6 ? configuration.IPv6 : configuration.IPv4))
        {
            Forget();
            ToPod(family);
            ToService(family);
            ToRemotePod(family);
            ToWorld(family);
            Expect(FromPod(Syn(family, family.Remote, family.Pod2, 80)), Shot, "a foreign source");
        }
        return _packets;
    }

    private void ToPod(Family family)
    {
        var packet = Packet.Udp(family.At(family.Pod1, 4000), family.At(family.Pod2, 53)).Payload("question");
        var outcome = FromPod(packet);
        Expect(outcome, Redirect, "a packet to a pod");
        Same(outcome, packet.Mac(Ethernet(MapFiller.GatewayMac), Ethernet(MapFiller.PodMac)));
        Require(!maps.Conntrack.Entries().Any(), "a packet between pods left state behind");
    }

    private void ToService(Family family)
    {
        var packet = Syn(family, family.Pod1, family.Service, MapFiller.ServicePort);
        var outcome = FromPod(packet);
        Expect(outcome, Redirect, "a packet to a service");
        Same(outcome, Syn(family, family.Pod1, family.Pod2, MapFiller.BackendPort).Mac(Ethernet(MapFiller.GatewayMac), Ethernet(MapFiller.PodMac)));
        Require(maps.Conntrack.Entries().Count() == 2, "a flow to a service does not have one entry for each direction");
        Expect(FromPod(packet.Rst()), Redirect, "the flow's second packet");
    }

    private void ToRemotePod(Family family)
    {
        var packet = Syn(family, family.Pod1, family.Remote, 80);
        var outcome = FromPod(packet);
        Expect(outcome, Redirect, "a packet to another node's pod");
        var grown = outcome.Packet.Length - packet.Serialize().Length;
        var wanted = configuration is { Overlay: true, Config.VxlanInBpf: 1 } ? VxlanOverhead : 0;
        Require(grown == wanted, $"a packet to another node's pod grew by {grown} bytes, not by {wanted}");
    }

    private void ToWorld(Family family)
    {
        var packet = Syn(family, family.Pod1, family.World, 443);
        var outcome = FromPod(packet);
        Expect(outcome, Redirect, "a packet to the world");
        var masquerade = family.IsIPv6 ? configuration.Config.MasqueradeIpv6 : configuration.Config.MasqueradeIpv4;
        var source = Packet.Parse(OnTheWire(outcome)).Ip!.Source.ToString();
        var wanted = masquerade != 0 ? family.Node : family.Pod1;
        Require(source == wanted, $"a packet to the world has source {source}, not {wanted}");
    }

    private TestRunResult FromPod(Packet packet)
    {
        _packets++;
        return programs[HookNames.FromPod].TestRun(new TestRunInput
        {
            Packet = packet.Mac(Ethernet(MapFiller.PodMac), Ethernet(MapFiller.GatewayMac)).Serialize(),
            Context = new SkBuff { ifindex = (uint)node.Pod1 },
        });
    }

    private void Forget()
    {
        foreach (var (tuple, _) in maps.Conntrack.Entries().ToList())
        {
            maps.Conntrack.Delete(tuple);
        }
    }

    private static Packet Syn(Family family, string from, string to, int port) => Packet.Tcp(family.At(from, 4000), family.At(to, port)).Syn();

    private static EthernetAddress Ethernet(Mac mac) => EthernetAddress.Parse(mac.ToString());

    private static byte[] OnTheWire(TestRunResult outcome) => outcome.Packet.ToArray();

    private void Same(TestRunResult outcome, Packet wanted) => Require(
        Packet.Parse(OnTheWire(outcome)) == wanted, $"came out as {Packet.Parse(OnTheWire(outcome))} and should be {wanted}");

    private void Expect(TestRunResult outcome, int verdict, string what) =>
        Require(outcome.ReturnValue == verdict, $"{what} has verdict {outcome.ReturnValue}, not {verdict}");

    private void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"{configuration.Name}: {message}");
        }
    }
}
