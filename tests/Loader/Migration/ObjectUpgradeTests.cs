using Netweir.Maps;
using static Netweir.Loader.Tests.Versions;

namespace Netweir.Loader.Tests;

/// <summary>Upgrades of an object without a flow table; what a take-over does, the end-to-end tests show.</summary>
public sealed class ObjectUpgradeTests : IDisposable
{
    private readonly BpfRoot _root = new();
    private readonly List<bool> _attached = [];

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Entries_of_every_kind_of_map_are_brought_over()
    {
        Upgrade(First);
        Fill();
        uint same = Id("nw_same"), items = Id("nw_items");

        IReadOnlyList<string> report = Upgrade(Compile(2, "-DENTRIES=32"));

        Assert.Equal(same, Id("nw_same"));
        Assert.NotEqual(items, Id("nw_items"));
        Assert.Equal([true], _attached);
        Assert.Contains("nw_items with 20 entries", report);
        using BpfMap<Key2, Item2> now = Open<Key2, Item2>("nw_items");
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => (new Key2(7, (ulong)i), new Item2 { Stamp = (ulong)i, Delta = -i })),
            now.Entries().Select(e => (e.Key, e.Value)).OrderBy(e => e.Key.Id));
        using BpfMap<uint, uint> places = Open<uint, uint>("nw_places"), flows = Open<uint, uint>("nw_flows");
        Assert.True(places.TryLookup(31, out uint place) && place == 5);
        Assert.Equal(100, flows.Entries().Count());
        using PerCpuBpfMap<uint, ulong> counts = BpfMap.OpenPinnedPerCpu<uint, ulong>(BpfPaths.Map(_root.Root, "nw_counts"), "nw_counts");
        Assert.True(counts.TryLookup(3, out ulong[] cpus));
        Assert.Equal(Enumerable.Range(0, Cpus.Possible).Select(cpu => (ulong)cpu + 1), cpus);
        AssertOnlySettledPins();
        Assert.Equal(2u, Verdict());
    }

    [Fact]
    public void Counters_whose_places_mean_something_else_start_from_zero()
    {
        Upgrade(First);
        Fill();

        Upgrade(Compile(1, "-DCOUNTS=5"));

        using PerCpuBpfMap<uint, uint> counts = BpfMap.OpenPinnedPerCpu<uint, uint>(BpfPaths.Map(_root.Root, "nw_counts"), "nw_counts");
        Assert.True(counts.TryLookup(3, out uint[] cpus));
        Assert.All(cpus, count => Assert.Equal(0u, count));
    }

    [Theory]
    [InlineData("map nw_items cannot shrink from 64 to 16 entries: it has 20 entries", 1, "-DENTRIES=16")]
    [InlineData("map nw_places cannot shrink from 64 to 31 entries: its entry 31 is in use", 1, "-DENTRIES=31")]
    [InlineData("would become one", 2, "-DDROP_ZONE")]
    [InlineData("a map of the one type cannot be copied", 2, "-DITEMS=2")]
    [InlineData("port was network-order u16", 2, "-DWIDE_PORT")]
    [InlineData("the verifier refused it", 2, "-DREFUSED")]
    public void What_cannot_be_brought_over_leaves_everything_as_it_is(string cause, int version, string flag)
    {
        Upgrade(First);
        Fill();
        using (BpfMap<Key1, Item1> items = Open<Key1, Item1>("nw_items"))
        {
            items.Update(new Key1(3, 8), default); // differs from another in its zone only
        }

        string before = Pins();
        _attached.Clear();

        BpfException e = Assert.ThrowsAny<BpfException>(() => Upgrade(Compile(version, flag)));

        Assert.Contains(cause.Replace("20", "21", StringComparison.Ordinal), e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Pins());
        Assert.Empty(_attached);
        Assert.Equal(1u, Verdict());
        AssertOnlySettledPins();
    }

    [Fact]
    public void Maps_that_somebody_goes_on_with_are_not_replaced()
    {
        Upgrade(First);
        string before = Pins();

        BpfException e = Assert.Throws<BpfException>(() => Upgrade(Second, mapsInUse: true));

        Assert.Contains("restart the agent", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Pins());
        Upgrade(First, mapsInUse: true);
    }

    [Fact]
    public void Missing_entries_are_added_and_others_left_alone()
    {
        Upgrade(First);
        Fill();
        using LoadedObject other = OpenObject.From(Compile(1, "-DENTRIES=128")).Load();
        using BpfFd from = BpfFd.OpenPinned(BpfPaths.Map(_root.Root, "nw_flows"), "nw_flows");
        using MapCopy copy = MapCopy.Plan("nw_flows", from, other.Maps["nw_flows"]);
        using BpfMap<uint, uint> to = other.Map<uint, uint>("nw_flows");
        to.Update(5, 4711);

        Assert.Equal(99, copy.Missing());
        Assert.Equal(0, copy.Missing());

        Assert.Equal(100, to.Entries().Count());
        Assert.True(to.TryLookup(5, out uint kept) && kept == 4711);
        Assert.True(to.TryLookup(6, out uint copied) && copied == 12);
    }

    private void Fill()
    {
        using BpfMap<Key1, Item1> items = Open<Key1, Item1>("nw_items");
        items.UpdateBatch([.. Enumerable.Range(0, 20).Select(i => KeyValuePair.Create(new Key1((uint)i, 7), new Item1 { Stamp = (ulong)i, Delta = (short)-i }))]);
        using BpfMap<uint, uint> places = Open<uint, uint>("nw_places"), flows = Open<uint, uint>("nw_flows");
        places.Update(31, 5);
        flows.UpdateBatch([.. Enumerable.Range(0, 100).Select(i => KeyValuePair.Create((uint)i, (uint)(2 * i)))]);
        using PerCpuBpfMap<uint, uint> counts = BpfMap.OpenPinnedPerCpu<uint, uint>(BpfPaths.Map(_root.Root, "nw_counts"), "nw_counts");
        counts.Update(3, [.. Enumerable.Range(0, Cpus.Possible).Select(cpu => (uint)cpu + 1)]);
    }

    private IReadOnlyList<string> Upgrade(BpfObjectFile file, bool mapsInUse = false) => new ObjectUpgrade(_root.Root)
    {
        Open = _ => OpenObject.From(file),
        Attach = _attached.Add,
        MapsInUse = mapsInUse,
    }.Run();

    private BpfMap<TKey, TValue> Open<TKey, TValue>(string name)
        where TKey : unmanaged
        where TValue : unmanaged => BpfMap.OpenPinned<TKey, TValue>(BpfPaths.Map(_root.Root, name), name);

    private uint Id(string map) => BpfMap.TryReadInfo(BpfPaths.Map(_root.Root, map), map)!.Id;

    private uint Verdict()
    {
        using BpfProgram program = new ProgramStore(_root.Root).Open("version");
        return program.TestRun(new TestRunInput { Packet = new byte[60] }).ReturnValue;
    }

    private string Pins() => string.Join('\n', Directory.EnumerateFiles(BpfPaths.Maps(_root.Root)).Order(StringComparer.Ordinal)
        .Select(p => $"{Path.GetFileName(p)} {Id(Path.GetFileName(p))}"));

    private void AssertOnlySettledPins() => Assert.Equal(["maps", "programs"], Directory.EnumerateFileSystemEntries(_root.Root).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal));
}
