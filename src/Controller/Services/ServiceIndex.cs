using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// The maps' content by owner. Built from <see cref="ActualMaps"/>, then changed by each plan. What belongs to no service that nw_services
/// names, or twice to the same one, is an orphan: to be removed once everything that is wanted has been written.
/// </summary>
internal sealed class ServiceIndex
{
    private const uint Nobody = 0;

    private readonly Dictionary<ObjectKey, List<PortState>> _byService = [];
    private readonly Dictionary<uint, PortState> _byId = [];
    private readonly Dictionary<FrontendKey, uint> _owners = [];

    public ServiceIndex(ActualMaps actual)
    {
        var keys = new HashSet<ServicePortKey>();
        foreach (var (id, value) in actual.Services.OrderBy(s => s.Key))
        {
            var key = Layouts.KeyOf(value);
            if (id != 0 && keys.Add(key))
            {
                Add(new PortState(id, key));
            }
            else
            {
                OrphanNames.Add(id);
            }
        }

        AddBackends(actual);
        foreach (var (key, frontend) in actual.Frontends)
        {
            var known = _byId.TryGetValue(frontend.Service, out var state) && state.Frontends.Add(key);
            _owners.Add(key, known ? frontend.Service : Nobody);
        }

        foreach (var key in actual.SourceRanges)
        {
            if (!_byId.TryGetValue(key.Service, out var state) || !state.SourceRanges.Add(key))
            {
                OrphanSourceRanges.Add(key);
            }
        }
    }

    public List<SourceRangeKey> OrphanSourceRanges { get; } = [];

    public List<uint> OrphanNames { get; } = [];

    public List<uint> OrphanPlaces { get; } = [];

    public IEnumerable<FrontendKey> OrphanFrontends => _owners.Where(o => o.Value == Nobody).Select(o => o.Key);

    public IReadOnlyCollection<ObjectKey> ServiceKeys => _byService.Keys;

    public IReadOnlyCollection<PortState> States => _byId.Values;

    public int FrontendCount => _owners.Count;

    public int BackendCount { get; set; }

    public IReadOnlyList<PortState> PortsOf(ObjectKey service) => _byService.TryGetValue(service, out var ports) ? ports : [];

    public bool Has(FrontendKey key) => _owners.ContainsKey(key);

    public bool IsOrphan(FrontendKey key) => _owners.TryGetValue(key, out var owner) && owner == Nobody;

    /// <summary>The id of the service that has this frontend; 0 when nobody or an orphan has it.</summary>
    public uint OwnerOf(FrontendKey key) => _owners.GetValueOrDefault(key);

    public void Own(FrontendKey key, uint service) => _owners[key] = service;

    public void Disown(FrontendKey key) => _owners.Remove(key);

    /// <summary>So many Services there will be.</summary>
    public void Expect(int services)
    {
        _byService.EnsureCapacity(services);
        _byId.EnsureCapacity(services);
        _owners.EnsureCapacity(2 * services);
    }

    /// <summary>Throws when no service has this id.</summary>
    public ServicePortKey KeyOf(uint id) => _byId[id].Key;

    /// <summary>Null when no service has this id.</summary>
    public PortState? StateOf(uint id) => _byId.GetValueOrDefault(id);

    public void Add(PortState state)
    {
        _byId.Add(state.Id, state);
        if (!_byService.TryGetValue(state.Key.Service, out var ports))
        {
            _byService.Add(state.Key.Service, ports = []);
        }

        ports.Add(state);
    }

    public void Remove(PortState state)
    {
        _byId.Remove(state.Id);
        var ports = _byService[state.Key.Service];
        ports.Remove(state);
        if (ports.Count == 0)
        {
            _byService.Remove(state.Key.Service);
        }
    }

    private void AddBackends(ActualMaps actual)
    {
        foreach (var place in actual.UsedPlaces)
        {
            var backend = actual.BackendAt(place);
            if (place != 0 && _byId.TryGetValue(backend.Service, out var state) && state.Places.TryAdd(Layouts.KeyOf(backend), place))
            {
                BackendCount++;
            }
            else
            {
                OrphanPlaces.Add(place);
            }
        }
    }
}
