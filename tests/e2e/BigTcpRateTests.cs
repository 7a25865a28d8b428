using System.Globalization;
using Netweir.Support.Lab;
using Xunit.Abstractions;

namespace Netweir.E2e.Tests;

/// <summary>What <c>--big-tcp</c> is worth: two clusters, one with it, measured in turns. With NETWEIR_RATES=1 long enough for docs/performance.md.</summary>
public sealed class BigTcpRateTests(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("NETWEIR_RATES") == "1";
    private static readonly int Rounds = Long ? 7 : 3;

    [Fact]
    public async Task A_connection_is_faster_with_it()
    {
        await using var usual = await CreateAsync();
        await using var big = await CreateAsync("--big-tcp=true");
        foreach (var way in (string[])["local", "cross-node"])
        {
            foreach (var ipv6 in (bool[])[false, true])
            {
                foreach (var cores in Long && Environment.ProcessorCount > 1 ? (int[])[1, 2] : [1])
                {
                    var (without, with) = await CompareAsync(usual, big, way, ipv6, cores);
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"{way,-10} {(ipv6 ? "IPv6" : "IPv4")} {cores} core{(cores > 1 ? "s" : " ")} {Text(without)} -> {Text(with)} Gbit/s, x{Median(without.Zip(with, (o, w) => w / o)):F2}"));
                    // Two cores may be busy otherwise; on one the packets that are saved show.
                    Assert.True(cores > 1 || Median(with) > Median(without), $"{way}, IPv6 {ipv6}: {Text(without)} without, {Text(with)} with");
                }
            }
        }
    }

    /// <summary>Rounds without and with it, in turns.</summary>
    private static async Task<(List<double> Without, List<double> With)> CompareAsync(LabCluster usual, LabCluster big, string way, bool ipv6, int cores)
    {
        (List<double> Without, List<double> With) rates = ([], []);
        using StreamRate without = Rate(usual, way), with = Rate(big, way);
        for (var round = 0; round < Rounds; round++)
        {
            rates.Without.Add(await without.MeasureAsync(Server(usual, way).Address(ipv6), 0, cores - 1));
            rates.With.Add(await with.MeasureAsync(Server(big, way).Address(ipv6), 0, cores - 1));
        }

        return rates;
    }

    private static StreamRate Rate(LabCluster lab, string way) => new(lab.Pods.Single(p => p.Name == "client"), Server(lab, way));

    private static LabPod Server(LabCluster lab, string way) => lab.Pods.Single(p => p.Name == way);

    private static async Task<LabCluster> CreateAsync(params string[] arguments)
    {
        var lab = await LabCluster.CreateAsync(new LabOptions { Routing = "direct", AgentArguments = arguments });
        BigTcpLab.WidenLan(lab);
        await lab.AddPodAsync(lab.Nodes[0], "client");
        await lab.AddPodAsync(lab.Nodes[0], "local");
        await lab.AddPodAsync(lab.Nodes[1], "cross-node");
        return lab;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static string Text(List<double> rates) => string.Create(CultureInfo.InvariantCulture, $"{Median(rates):F1} ({rates.Min():F1}-{rates.Max():F1})");
}
