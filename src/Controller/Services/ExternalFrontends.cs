using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>Which frontends of the programmed Services are external: the maps do not say it.</summary>
internal sealed class ExternalFrontends
{
    private readonly Dictionary<ObjectKey, HashSet<FrontendKey>> _all = [];

    public void Accept(DesiredService service)
    {
        var external = service.Ports.SelectMany(p => p.Frontends).Where(f => f.Kind == FrontendKind.External).Select(f => f.Key).ToHashSet();
        _all.Remove(service.Key);
        if (external.Count > 0)
        {
            _all.Add(service.Key, external);
        }
    }

    public bool Has(ObjectKey service, FrontendKey key) => _all.TryGetValue(service, out var external) && external.Contains(key);
}
