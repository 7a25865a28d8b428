using LibBpf.Interop;

namespace Netweir.Loader.Tests;

public sealed class ProgTestRunTests
{
    private static readonly byte[] s_frame = [.. Enumerable.Range(0, 60).Select(i => (byte)i)];

    [Fact]
    public void Program_sees_its_constants_and_answers_with_verdict_packet_and_context()
    {
        using OpenObject open = OpenObject.From(BpfCompiler.Compile("Bpf/small.c"));
        using LoadedObject loaded = open.SetConstant("config", new SmallConfig(Mark: 100, Verdict: 2)).Load();

        TestRunResult result = loaded.Program("mark_it").TestRun(new TestRunInput { Packet = s_frame, Context = new SkBuff { mark = 1, priority = 3 } });

        Assert.Equal(2u, result.ReturnValue);
        Assert.Equal(107u, result.Context.mark);
        Assert.Equal(3u, result.Context.priority);
        Assert.Equal(s_frame, result.Packet.ToArray());
    }

    [Fact]
    public void Program_runs_as_often_as_asked()
    {
        using OpenObject open = OpenObject.From(BpfCompiler.Compile("Bpf/small.c"));
        using LoadedObject loaded = open.Load();
        using BpfMap<uint, ulong> seen = loaded.Map<uint, ulong>("nw_seen");
        using PerCpuBpfMap<uint, uint> counts = loaded.Map(new PerCpuMapSpec<uint, uint>
        {
            Name = "nw_counts",
            Type = bpf_map_type.BPF_MAP_TYPE_PERCPU_ARRAY,
            KeySize = 4,
            ValueSize = 4,
            MaxEntries = 4,
        });

        loaded.Program("mark_it").TestRun(new TestRunInput { Packet = s_frame, Repeat = 50 });

        Assert.True(seen.TryLookup(0, out ulong runs));
        Assert.Equal(50ul, runs);
        Assert.True(counts.TryLookup(0, out uint[] values));
        Assert.Equal(Cpus.Possible, values.Length);
        Assert.Equal(50, values.Sum(v => (int)v));
        Assert.Equal([50, 0, 0, 0], counts.Entries().Select(e => e.Value.Sum(v => (int)v)));
    }

    [Fact]
    public void Runt_packet_is_refused_with_the_reason()
    {
        using OpenObject open = OpenObject.From(BpfCompiler.Compile("Bpf/small.c"));
        using LoadedObject loaded = open.Load();

        BpfException e = Assert.Throws<BpfException>(() => loaded.Program("mark_it").TestRun(new TestRunInput { Packet = s_frame.AsMemory(0, 10) }));

        Assert.Equal(BpfErrno.EINVAL, e.Errno);
        Assert.Contains("shorter than an Ethernet header", e.Message, StringComparison.Ordinal);
    }
}
