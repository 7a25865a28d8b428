using System.Globalization;
using LibBpf.Interop;
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
        Measure(cluster.A, "plain, to the next node until its hops run out", Net.Tcp(net.A1, 4000, net.B1, 81).Ttl(255), Device.Pod1, 200, 1000);
        var received = cluster.A.FromPod(syn).ToPod(Device.Pod2);
        cluster.A.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1);
        Measure(cluster.A, "service, known flow", syn.Ack(), Device.Pod1, 1, 20_000);
        Measure(cluster.A, "service, reply", received.Reply().Ack(), Device.Pod2, 1, 20_000);
        cluster.A.Change(syn, entry => entry with { Flags = entry.Flags | (uint)ConntrackFlag.Closing });
        MeasureNewFlows(cluster, net);
    }

    /// <summary>A repeated run begins with the packet that the one before left: where hooks change it, many short runs take its place.</summary>
    private void Measure(TestNode node, string what, Packet packet, Device device, int repeat = Repeat, int runs = 1)
    {
        var bytes = packet.FromPod(device).Serialize();
        Print(what, Lab.Run(() => Enumerable.Range(0, runs).Average(_ => Timed(node, bytes, device, repeat))));
    }

    private void MeasureNewFlows(Cluster cluster, Net net)
    {
        var packets = Enumerable.Range(1024, 20_000).Select(port => Net.Syn(net.A1, port, net.Vip, 80).FromPod().Serialize()).ToList();
        Print("service, new flow", Lab.Run(() => packets.Average(packet => Timed(cluster.A, packet, Device.Pod1, 1))));
    }

    /// <summary>In nanoseconds, which TimeSpan is too coarse for.</summary>
    private static unsafe double Timed(TestNode node, byte[] packet, Device device, int repeat)
    {
        var output = new byte[packet.Length + 512];
        var context = new SkBuff { ifindex = (uint)device, ingress_ifindex = (uint)device };
        Opts.Init(out bpf_test_run_opts options);
        fixed (byte* input = packet, result = output)
        {
            options.data_in = input;
            options.data_size_in = (uint)packet.Length;
            options.data_out = result;
            options.data_size_out = (uint)output.Length;
            options.ctx_in = &context;
            options.ctx_size_in = (uint)sizeof(SkBuff);
            options.repeat = repeat;
            Assert.Equal(0, LibBpf.Interop.LibBpf.bpf_prog_test_run_opts(node.Datapath.FromPod.Fd.Value, &options));
        }
        return options.duration;
    }

    private void Print(string what, double nanoseconds) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{nanoseconds,8:F0} ns  {what}"));
}
