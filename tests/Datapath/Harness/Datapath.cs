using System.Reflection;
using LibBpf.Interop;
using Netweir.Loader;

namespace Netweir.Datapath.Tests.Harness;

/// <summary>The datapath's object, loaded with small maps of its own that nothing else sees.</summary>
internal sealed class Datapath : IDisposable
{
    public const uint ConntrackEntries = 4096;
    private const uint SmallMapEntries = 512;
    private static readonly Lazy<BpfObjectFile> File = new(() => BpfObjectFile.Read(ObjectPath()));
    private readonly LoadedObject _object;
    private readonly List<IDisposable> _maps = [];
    private readonly PerCpuBpfMap<uint, Counter> _drops;

    /// <param name="previous">Its flows are taken over when the configuration says so (Migrating).</param>
    public Datapath(in Config config, Datapath? previous = null)
    {
        using var open = OpenObject.From(File.Value);
        open.SetConstant("config", config);
        foreach (var map in File.Value.Maps.Where(m => m.PinnedByName && m.MaxEntries > SmallMapEntries))
        {
            open.SetMaxEntries(map.Name, map.Name == "nw_conntrack" ? ConntrackEntries : SmallMapEntries);
        }
        if (previous is not null)
        {
            open.UseMap(PreviousPins.ConntrackMap, previous._object.Maps[PreviousPins.Conntrack]);
        }
        _object = open.Load();
        FillPrevious(previous);
        _drops = _object.Map(MapSpecs.Drops);
        _maps.Add(_drops);
    }

    /// <summary>From here on the programs before deal with their own flows only.</summary>
    public void TakeOver()
    {
        using var takeover = _object.Map<uint, uint>(PreviousPins.TakeoverMap);
        takeover.Update(0, 1);
    }

    public BpfProgram Program(Hook hook) => _object.Program(NameOf(hook));

    public TestMap<TKey, TValue> Map<TKey, TValue>(MapSpec<TKey, TValue> spec, Action? changed = null)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        var map = new TestMap<TKey, TValue>(_object.Map(spec), changed);
        _maps.Add(map);
        return map;
    }

    /// <summary>The number of packets that were dropped, for every reason and hook that has any.</summary>
    public Dictionary<(DropReason Reason, Hook Hook), ulong> Drops()
    {
        Dictionary<(DropReason, Hook), ulong> drops = [];
        foreach (var (index, cpus) in _drops.Entries())
        {
            var packets = cpus.Aggregate(0UL, (sum, counter) => sum + counter.Packets);
            if (packets > 0)
            {
                drops[((DropReason)(index / (uint)Hook.Max), (Hook)(index % (uint)Hook.Max))] = packets;
            }
        }
        return drops;
    }

    /// <summary>How many answers to the world each CPU has left, for an hour.</summary>
    public void LimitAnswers(ulong left)
    {
        using var budget = _object.Map(new PerCpuMapSpec<uint, AnswerBudget>
        {
            Name = "nw_answer_budget",
            Type = bpf_map_type.BPF_MAP_TYPE_PERCPU_ARRAY,
            KeySize = sizeof(uint),
            ValueSize = 16,
            MaxEntries = 1,
            PinnedByName = false,
        });
        Assert.True(budget.TryLookup(0, out var cpus));
        var counted = (ulong)(System.Diagnostics.Stopwatch.GetTimestamp() * (1e9 / System.Diagnostics.Stopwatch.Frequency)) + 3_600_000_000_000;
        Array.Fill(cpus, new AnswerBudget(counted, left));
        budget.Update(0, cpus);
    }

    /// <summary>Of all reasons and hooks.</summary>
    public ulong TotalDrops()
    {
        var total = 0UL;
        foreach (var (_, cpus) in _drops.Entries())
        {
            foreach (var counter in cpus)
            {
                total += counter.Packets;
            }
        }
        return total;
    }

    /// <summary>Runs a hook in the lab.</summary>
    public TestRunResult Run(Hook hook, byte[] packet, Device device, uint gsoSize = 0, int repeat = 1) =>
        Lab.Run(() => RunHere(hook, packet, device, gsoSize, repeat));

    /// <summary>Runs a hook on the calling thread, which has to be the lab's.</summary>
    public TestRunResult RunHere(Hook hook, byte[] packet, Device device, uint gsoSize = 0, int repeat = 1) => _object.Program(NameOf(hook)).TestRun(new()
    {
        Packet = packet,
        Context = new SkBuff { ifindex = (uint)device, ingress_ifindex = (uint)device, gso_size = gsoSize, gso_segs = gsoSize > 0 ? 2u : 0 },
        Repeat = repeat,
    });

    public void Dispose()
    {
        _maps.ForEach(map => map.Dispose());
        _object.Dispose();
    }

    private void FillPrevious(Datapath? previous)
    {
        if (previous is not null)
        {
            using var programs = _object.Map<uint, int>(PreviousPins.ProgramsMap);
            foreach (var hook in Enum.GetValues<Hook>().Where(h => h != Hook.Max))
            {
                programs.Update((uint)hook, previous._object.Program(NameOf(hook)).Fd.Value);
            }
        }
    }

    private readonly record struct AnswerBudget(ulong Counted, ulong Left);

    private static string NameOf(Hook hook) => hook switch
    {
        Hook.FromPod => "from_pod",
        Hook.ToPod => "to_pod",
        Hook.FromNetdev => "from_netdev",
        Hook.ToNetdev => "to_netdev",
        Hook.FromOverlay => "from_overlay",
        Hook.FromHost => "from_host",
        Hook.FromLoopback => "from_loopback",
        _ => throw new ArgumentOutOfRangeException(nameof(hook), hook, "is no hook"),
    };

    private static string ObjectPath()
    {
        var built = typeof(Datapath).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "BpfObject").Value!;
        var path = Environment.GetEnvironmentVariable("NETWEIR_BPF_OBJECT") ?? built;
        return System.IO.File.Exists(path) ? path : throw new FileNotFoundException($"{path} does not exist: run make -C bpf first");
    }
}
