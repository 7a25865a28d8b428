using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Netweir.Controller.Services;
using Netweir.Kube;
using Netweir.Maps;
using Endpoint = Netweir.Kube.Endpoint;
using Service = Netweir.Kube.Service;

namespace Netweir.Controller.Tests.Services;

/// <summary>A small cluster that changes at random, and tells an agent as informers would.</summary>
internal sealed class RandomCluster(Random random, bool conflicts = false)
{
    private const int MostServices = 6;
    private static readonly string[] ProtocolNames = ["TCP", "UDP", "SCTP"];
    private static readonly string[] SourceRanges = ["192.0.2.0/24", " 10.1.2.3/8", "2001:db8:2::/48", "0.0.0.0/0", "nonsense"];

    private readonly SortedDictionary<string, Service> _services = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, EndpointSlice> _slices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, DesiredService> _hostPorts = new(StringComparer.Ordinal);
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
            yield return ServiceTable.Compute(new ServiceSnapshot(service.Metadata.Key, service, [.. slices], []), node, new ServiceOptions());
        }

        foreach (var pod in _hostPorts.Values)
        {
            yield return pod;
        }
    }

    /// <summary>The first pass of an agent's life.</summary>
    public SyncReport Start(Agent agent)
    {
        agent.Reconciler.SetHostPorts([.. _hostPorts.Values]);
        return agent.Start(Services, Slices, Zone);
    }

    public void Step(Agent agent)
    {
        switch (random.Next(13))
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
            case 7:
                PutHostPort(agent);
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
        _services.Remove(name);
        var ports = Enumerable.Range(0, random.Next(1, 4)).Select(i => Make.Port(80 + random.Next(2) + (10 * i), $"p{i}", ProtocolNames[random.Next(3)])).ToArray();
        if (random.Next(2) == 0)
        {
            var free = Enumerable.Range(30000, 14).Except(_services.Values.SelectMany(s => s.Spec.Ports).Select(p => p.NodePort)).ToArray();
            random.Shuffle(free);
            ports = [.. ports.Zip(free, (port, node) => port with { NodePort = node }), .. ports.Skip(free.Length)];
        }

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
        service = service.Spec.Type == "ClusterIP" ? Exposed(service, number) : service;
        _services[name] = service;
        agent.Services.Upserted(service);
    }

    /// <summary>External IPs wander from Service to Service, as NodePorts do.</summary>
    private Service Exposed(Service service, int number)
    {
        string[] all = ["198.51.100.1", "198.51.100.2", "2001:db8::1", "2001:db8::2"];
        var free = conflicts ? all.Append($"10.96.0.{random.Next(MostServices) + 1}") : all.Except(_services.Values.SelectMany(s => s.Spec.ExternalIPs));
        var balanced = random.Next(3) == 0;
        return service with
        {
            Spec = service.Spec with
            {
                Type = balanced ? "LoadBalancer" : service.Spec.Ports.Any(p => p.NodePort > 0) ? "NodePort" : "ClusterIP",
                ExternalTrafficPolicy = random.Next(2) == 0 ? "Local" : "Cluster",
                SessionAffinity = random.Next(3) == 0 ? "ClientIP" : "None",
                ExternalIPs = [.. free.Where(_ => random.Next(3) == 0)],
                LoadBalancerSourceRanges = [.. SourceRanges.Where(_ => random.Next(3) == 0)],
            },
            Status = new ServiceStatus
            {
                LoadBalancer = new LoadBalancerStatus
                {
                    Ingress = balanced
                        ? [new LoadBalancerIngress { IP = $"203.0.113.{number + 1}" }, new LoadBalancerIngress { IP = $"2001:db8:1::{number + 1}", IPMode = random.Next(3) == 0 ? "Proxy" : "VIP" }]
                        : [],
                },
            },
        };
    }

    /// <summary>A pod gets or loses one of three host ports, or takes it from another.</summary>
    private void PutHostPort(Agent agent)
    {
        var key = HostPortKey.For("default", $"p{random.Next(3)}");
        _hostPorts.Remove(key.Name);
        if (random.Next(3) > 0)
        {
            var port = (ushort)((conflicts ? 30000 : 9000) + random.Next(3));
            foreach (var other in _hostPorts.Where(p => p.Value.Ports[0].Port == port).Select(p => p.Key).ToArray())
            {
                _hostPorts.Remove(other);
            }

            var backend = Keys.Of(IPAddress.Parse($"10.0.0.{random.Next(1, 12)}"), 8080, 6);
            _hostPorts[key.Name] = new DesiredService(
                key,
                [
                    new DesiredPort
                    {
                        Key = new ServicePortKey(key, "host", 6),
                        Port = port,
                        Backends = [new DesiredBackend(backend, BackendFlag.ClusterList | BackendFlag.LocalList)],
                        Frontends = [DesiredFrontend.HostPort(Keys.OfNode(AddressFamily.InterNetwork, port, 6), [backend])],
                    },
                ]);
        }

        agent.Reconciler.SetHostPorts([.. _hostPorts.Values]);
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
        var ports = Enumerable.Range(0, 3).SelectMany(i => ProtocolNames.Select(p => new EndpointPort { Name = $"p{i}", Port = 8080 + random.Next(2), Protocol = p })).ToArray();
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
        Hints = random.Next(5) == 0 ? null : new EndpointHints
        {
            ForZones = [new NamedHint { Name = random.Next(2) == 0 ? "a" : "b" }],
            ForNodes = random.Next(2) == 0 ? null! : [new NamedHint { Name = random.Next(2) == 0 ? Agent.NodeName : "there" }],
        },
    };

    private ObjectMeta Versioned(ObjectMeta metadata, string? label) => metadata with
    {
        ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture),
        Labels = label is null ? metadata.Labels : new Dictionary<string, string>(metadata.Labels) { [label] = "" },
    };

    private T Any<T>(SortedDictionary<string, T> all) => all.Values.ElementAt(random.Next(all.Count));
}
