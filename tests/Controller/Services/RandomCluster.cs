using System.Globalization;
using Netweir.Controller.Services;
using Netweir.Kube;

namespace Netweir.Controller.Tests.Services;

/// <summary>A small cluster that changes at random, and tells an agent as informers would.</summary>
internal sealed class RandomCluster(Random random)
{
    private const int MostServices = 6;
    private static readonly string[] Protocols = ["TCP", "UDP"];

    private readonly SortedDictionary<string, Service> _services = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, EndpointSlice> _slices = new(StringComparer.Ordinal);
    private int _version;

    public IEnumerable<Service> Services => _services.Values;

    public IEnumerable<EndpointSlice> Slices => _slices.Values;

    public string? Zone { get; private set; }

    /// <summary>What the maps should have, computed from nothing.</summary>
    public IEnumerable<DesiredService> Desired()
    {
        var node = new ThisNode(Agent.NodeName, Zone);
        foreach (var service in _services.Values.Where(ServiceFilter.Serves))
        {
            var slices = _slices.Values.Where(s => ServiceFilter.Serves(s) && s.ServiceName == service.Metadata.Name);
            yield return ServiceTable.Compute(new ServiceSnapshot(service.Metadata.Key, service, [.. slices], []), node);
        }
    }

    public void Step(Agent agent)
    {
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                PutService(agent);
                break;
            case 3:
                RemoveService(agent);
                break;
            case 4 when _slices.Count > 0:
                var slice = Any(_slices);
                _slices.Remove(slice.Metadata.Name);
                agent.Slices.Deleted(slice);
                break;
            case 5 when random.Next(4) == 0:
                Zone = random.Next(2) == 0 ? "a" : "b";
                agent.Nodes.Upserted(Agent.NodeIn(Zone));
                break;
            case 6 when random.Next(4) == 0:
                agent.List(Services, Slices, Zone);
                break;
            default:
                PutSlice(agent);
                break;
        }
    }

    private void PutService(Agent agent)
    {
        var number = random.Next(MostServices);
        var name = string.Create(CultureInfo.InvariantCulture, $"{(random.Next(4) == 0 ? "other" : "web")}-{number}");
        var rival = _services.Keys.FirstOrDefault(k => k != name && k.EndsWith($"-{number}", StringComparison.Ordinal));
        if (rival is not null)
        {
            Remove(agent, rival);
        }

        string[] addresses = random.Next(3) switch { 0 => [$"10.96.0.{number + 1}"], 1 => [$"fd00:96::{number + 1}"], _ => [$"10.96.0.{number + 1}", $"fd00:96::{number + 1}"] };
        var ports = Enumerable.Range(0, random.Next(1, 4)).Select(i => Make.Port(80 + random.Next(2) + (10 * i), $"p{i}", Protocols[random.Next(2)])).ToArray();
        var service = Make.Service(name, random.Next(10) == 0 ? ["None"] : addresses, ports);
        service = service with
        {
            Metadata = Versioned(service.Metadata, random.Next(12) == 0 ? "service.kubernetes.io/headless" : null),
            Spec = service.Spec with
            {
                Type = random.Next(10) == 0 ? "ExternalName" : "ClusterIP",
                InternalTrafficPolicy = random.Next(4) == 0 ? "Local" : "Cluster",
            },
        };
        _services[name] = service;
        agent.Services.Upserted(service);
    }

    private void RemoveService(Agent agent)
    {
        if (_services.Count > 0)
        {
            Remove(agent, Any(_services).Metadata.Name);
        }
    }

    private void Remove(Agent agent, string name)
    {
        _services.Remove(name, out var service);
        agent.Services.Deleted(service!);
    }

    private void PutSlice(Agent agent)
    {
        var number = random.Next(MostServices);
        var service = $"{(random.Next(6) == 0 ? "other" : "web")}-{number}";
        var v6 = random.Next(2) == 0;
        var endpoints = Enumerable.Range(0, random.Next(6)).Select(_ => RandomEndpoint(v6)).ToArray();
        var ports = Enumerable.Range(0, 3).SelectMany(i => Protocols.Select(p => new EndpointPort { Name = $"p{i}", Port = 8080 + random.Next(2), Protocol = p })).ToArray();
        var slice = Make.Slice(service, $"{(v6 ? "six" : "four")}{random.Next(2)}", ports, endpoints);
        slice = slice with
        {
            AddressType = v6 ? "IPv6" : "IPv4",
            Metadata = Versioned(slice.Metadata, random.Next(20) == 0 ? "service.kubernetes.io/service-proxy-name" : null),
        };
        _slices[slice.Metadata.Name] = slice;
        agent.Slices.Upserted(slice);
    }

    private Endpoint RandomEndpoint(bool v6) => new()
    {
        Addresses = [v6 ? $"fd00:10::{random.Next(1, 12)}" : $"10.0.0.{random.Next(1, 12)}"],
        Conditions = new EndpointConditions { Ready = random.Next(3) > 0, Serving = random.Next(4) > 0, Terminating = random.Next(3) == 0 },
        NodeName = random.Next(3) == 0 ? Agent.NodeName : "there",
        Hints = random.Next(5) == 0 ? null : new EndpointHints { ForZones = [new NamedHint { Name = random.Next(2) == 0 ? "a" : "b" }] },
    };

    private ObjectMeta Versioned(ObjectMeta metadata, string? label) => metadata with
    {
        ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture),
        Labels = label is null ? metadata.Labels : new Dictionary<string, string>(metadata.Labels) { [label] = "" },
    };

    private T Any<T>(SortedDictionary<string, T> all) => all.Values.ElementAt(random.Next(all.Count));
}
