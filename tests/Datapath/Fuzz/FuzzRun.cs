using System.Diagnostics;
using System.Globalization;

namespace Netweir.Datapath.Tests.Fuzz;

/// <summary>Runs inputs through three nodes that differ in how they reach others, and judges what comes of each.</summary>
internal sealed class FuzzRun(int seed, Action<string> progress)
{
    private const int Chunk = 500;
    private const int ConntrackKept = (int)Harness.Datapath.ConntrackEntries / 3; // an LRU map forgets before it is full
    private static readonly TimeSpan s_each = TimeSpan.FromSeconds(5);

    /// <summary>The number of inputs that were judged: as many as asked for, or as the time allowed.</summary>
    public int Run(int inputs, TimeSpan limit)
    {
        using var direct = new FuzzNode("direct", IpcacheRouting.Direct);
        using var vxlan = new FuzzNode("VXLAN in BPF", IpcacheRouting.VxlanToNeighbour);
        using var device = new FuzzNode("VXLAN by the device", IpcacheRouting.Vxlan, c => c with { VxlanInBpf = 0, DecapL3Flags = 0, CsumIpv6Flag = 0 });
        Judge[] judges = [new(direct), new(vxlan), new(device)];
        var random = new Random(seed);
        var maker = new InputMaker(random);
        var (clock, told) = (Stopwatch.StartNew(), TimeSpan.Zero);
        var done = 0;
        while (done < inputs && clock.Elapsed < limit)
        {
            var (judge, first) = (judges[random.Next(judges.Length)], done);
            done += Lab.Run(() => RunChunk(judge, maker, random, first));
            if (clock.Elapsed - told >= s_each)
            {
                told = clock.Elapsed;
                progress(string.Create(CultureInfo.InvariantCulture, $"{done} of {inputs} inputs, {done / clock.Elapsed.TotalSeconds:F0} a second"));
            }
        }
        return done;
    }

    private int RunChunk(Judge judge, InputMaker maker, Random random, int first)
    {
        for (var i = 0; i < Chunk; i++)
        {
            Named(first + i, () => judge.Run(maker.Next()));
        }
        Named(first + Chunk - 1, () => judge.CheckConntrack(ConntrackKept));
        judge.Node.Change(random);
        return Chunk;
    }

    private void Named(int number, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}, input {number}: {e.Message}", e);
        }
    }
}
