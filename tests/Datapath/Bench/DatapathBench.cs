using System.Globalization;
using Xunit.Abstractions;

namespace Netweir.Datapath.Tests.Bench;

/// <summary>Prints what a packet costs; judges nothing. Run with `--filter Category=Bench --logger "console;verbosity=detailed"`.</summary>
[Trait("Category", "Bench")]
public sealed class DatapathBench(ITestOutputHelper output)
{
    private const int Repeat = 200_000;

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Nanoseconds_of_a_packet(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        Measure(cluster.A, "plain, local", Net.Tcp(net.A1, 4000, net.A2, 81), Device.Pod1);
        Measure(cluster.A, "plain, to the next node until its hops run out", Net.Tcp(net.A1, 4000, net.B1, 81).Ttl(255), Device.Pod1, 200);
        var received = cluster.A.FromPod(syn).ToPod(Device.Pod2);
        cluster.A.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1);
        Measure(cluster.A, "service, known flow", syn.Ack(), Device.Pod1, 1, 20_000);
        Measure(cluster.A, "service, reply", received.Reply().Ack(), Device.Pod2, 1, 20_000);
        cluster.A.Change(syn, entry => entry with { Flags = entry.Flags | (uint)ConntrackFlag.Closing });
        MeasureNewFlows(cluster, net);
    }

    /// <summary>A repeated run begins with the packet that the one before left: where hooks change it, many short runs take its place.</summary>
    private void Measure(TestNode node, string what, Packet packet, Device device, int repeat = Repeat, int runs = 0)
    {
        runs = runs > 0 ? runs : Math.Max(1, Repeat / repeat);
        var bytes = packet.FromPod(device).Serialize();
        var total = Lab.Run(() =>
        {
            double sum = 0;
            for (var i = 0; i < runs; i++)
            {
                sum += node.Datapath.RunHere(Hook.FromPod, bytes, device, repeat: repeat).Duration.TotalNanoseconds;
            }
            return sum;
        });
        Print(what, total / runs);
    }

    private void MeasureNewFlows(Cluster cluster, Net net)
    {
        var packets = Enumerable.Range(1024, 20_000).Select(port => Net.Syn(net.A1, port, net.Vip, 80).FromPod().Serialize()).ToList();
        var total = Lab.Run(() => packets.Sum(packet => cluster.A.Datapath.RunHere(Hook.FromPod, packet, Device.Pod1).Duration.TotalNanoseconds));
        Print("service, new flow", total / packets.Count);
    }

    private void Print(string what, double nanoseconds) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{nanoseconds,8:F0} ns  {what}"));
}
