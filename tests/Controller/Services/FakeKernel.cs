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
        BackendEpoch = new(this, "nw_backend_epoch", 1, Indexes(1));
    }

    public FakeMap<uint, ServiceNames> Services { get; }

    public FakeMap<FrontendKey, Frontend> Frontends { get; }

    public FakeMap<uint, uint> Slots { get; }

    public FakeMap<uint, Backend> Backends { get; }

    public FakeMap<FrontendKey, uint> References { get; }

    public FakeMap<SourceRangeKey, uint> SourceRanges { get; }

    public FakeMap<uint, ulong> BackendEpoch { get; }

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
        BackendEpoch = BackendEpoch,
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

    /// <summary>The last write since the backends' epoch was moved that hooks which remember flows have to know of. Null: they know all.</summary>
    public string? Untold { get; private set; }

    public void AfterWrite(string what)
    {
        Log.Add(what);
        Untold = what switch
        {
            "update nw_backends" or "update nw_backend_refs" => what,
            "update nw_frontends" => Untold ?? what,
            "update nw_backend_epoch" => null,
            _ => Untold,
        };
        if (Checking)
        {
            CheckReader(what);
        }
    }

    private void CheckReader(string what)
    {
        if (what == "update nw_frontends" && Untold != what)
        {
            Assert.Fail($"{what} before hooks were told of {Untold}");
        }

        foreach (var (key, frontend) in Frontends.Content)
        {
            if (Wrong(frontend) is { } wrong)
            {
                Assert.Fail($"after {what}: {key} of service {frontend.Service} {wrong}");
            }
        }
    }

    private string? Wrong(Frontend frontend)
    {
        if (!Services.Content.ContainsKey(frontend.Service))
        {
            return "has a service without a name";
        }

        if (((FrontendFlag)frontend.Flags).HasFlag(FrontendFlag.SourceRanges) && !SourceRanges.Content.Keys.Any(r => r.Service == frontend.Service))
        {
            return "lets nobody in";
        }

        return Wrong(frontend.Inside, frontend.Service)
            ?? (frontend.Outside == frontend.Inside ? null : Wrong(frontend.Outside, frontend.Service));
    }

    private string? Wrong(SlotList list, uint service)
    {
        foreach (var slot in SlotsOf(list))
        {
            var backend = Backends.Content[Slots.Content[slot]];
            if (backend.Service != service || backend.Generation == 0)
            {
                return $"has slot {slot}, which leads to place {Slots.Content[slot]}, {backend}";
            }

            if (References.Content.GetValueOrDefault(Layouts.KeyOf(backend)) == 0)
            {
                return $"has {backend}, which is not counted";
            }
        }

        return null;
    }

    private static IEnumerable<uint> SlotsOf(SlotList list) => Enumerable.Range(0, (int)list.Count).Select(i => list.Base + (uint)i);

    private static uint[] Indexes(int count) => [.. Enumerable.Range(0, count).Select(i => (uint)i)];
}
