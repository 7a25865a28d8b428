using Netweir.Controller.Services;
using Netweir.Loader;
using Netweir.Maps;
using ServiceNames = Netweir.Maps.Service;

namespace Netweir.Controller.Tests.Services;

/// <summary>The six maps, which outlive agents. After each write a reader follows every frontend.</summary>
internal sealed class FakeKernel
{
    private readonly ServiceCapacity _capacity;

    public FakeKernel(ServiceCapacity? capacity = null)
    {
        _capacity = capacity ?? new ServiceCapacity { Services = 64, Frontends = 128, Slots = 2048, Backends = 512, SourceRanges = 64 };
        Services = new(this, "nw_services", _capacity.Services, null);
        Frontends = new(this, "nw_frontends", _capacity.Frontends, null);
        Slots = new(this, "nw_slots", _capacity.Slots, Indexes(_capacity.Slots));
        Backends = new(this, "nw_backends", _capacity.Backends, Indexes(_capacity.Backends));
        References = new(this, "nw_backend_refs", _capacity.Backends, null);
        SourceRanges = new(this, "nw_source_ranges", _capacity.SourceRanges, null);
    }

    public FakeMap<uint, ServiceNames> Services { get; }

    public FakeMap<FrontendKey, Frontend> Frontends { get; }

    public FakeMap<uint, uint> Slots { get; }

    public FakeMap<uint, Backend> Backends { get; }

    public FakeMap<FrontendKey, uint> References { get; }

    public FakeMap<SourceRangeKey, uint> SourceRanges { get; }

    public List<string> Log { get; } = [];

    /// <summary>Die before this many more writes; null: never.</summary>
    public int? CrashIn { get; set; }

    /// <summary>Refuse one write after this many more; null: never.</summary>
    public int? FailIn { get; set; }

    /// <summary>Refuses writes by their text: what, key, value.</summary>
    public Predicate<string>? Refuses { get; set; }

    /// <summary>Off while a test itself plays the other writer.</summary>
    public bool Checking { get; set; } = true;

    public ServiceMaps Open() => new()
    {
        Services = Services,
        Frontends = Frontends,
        Slots = Slots,
        Backends = Backends,
        BackendRefs = References,
        SourceRanges = SourceRanges,
        Capacity = _capacity,
    };

    public void BeforeWrite(string what, Func<string> text)
    {
        if (CrashIn is { } crash && (CrashIn = crash - 1) < 0)
        {
            CrashIn = null;
            throw new CrashException();
        }

        if (FailIn is { } fail && (FailIn = fail - 1) < 0)
        {
            FailIn = null;
            throw new BpfException(what, "test", 12);
        }

        if (Refuses is not null && Refuses(text()))
        {
            throw new BpfException(what, "test", 12);
        }
    }

    public void AfterWrite(string what)
    {
        Log.Add(what);
        if (Checking)
        {
            CheckReader(what);
        }
    }

    private void CheckReader(string what)
    {
        foreach (var (key, frontend) in Frontends.Content)
        {
            Assert.True(Services.Content.ContainsKey(frontend.Service), $"after {what}: {key} has service {frontend.Service}, which has no name");
            if (((FrontendFlag)frontend.Flags).HasFlag(FrontendFlag.SourceRanges))
            {
                Assert.True(SourceRanges.Content.Keys.Any(r => r.Service == frontend.Service), $"after {what}: {key} lets nobody in");
            }

            foreach (var slot in Layouts.Lists(frontend).Distinct().SelectMany(SlotsOf))
            {
                var place = Slots.Content[slot];
                var backend = Backends.Content[place];
                Assert.True(backend.Service == frontend.Service && backend.Generation != 0,
                    $"after {what}: slot {slot} of {key} (service {frontend.Service}) leads to place {place}, {backend}");
                Assert.True(References.Content.GetValueOrDefault(Layouts.KeyOf(backend)) > 0, $"after {what}: {backend} is not counted");
            }
        }
    }

    private static IEnumerable<uint> SlotsOf(SlotList list) => Enumerable.Range(0, (int)list.Count).Select(i => list.Base + (uint)i);

    private static uint[] Indexes(int count) => [.. Enumerable.Range(0, count).Select(i => (uint)i)];
}
