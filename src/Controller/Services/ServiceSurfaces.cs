using System.Net;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>What others serve for the Services that are programmed. A Service that is refused keeps what it had.</summary>
internal sealed class ServiceSurfaces
{
    private readonly Dictionary<ObjectKey, HealthCheckNodePort> _checks = [];
    private readonly Dictionary<ObjectKey, IReadOnlyList<IPAddress>> _addresses = [];
    private readonly Dictionary<ObjectKey, NoLocalEndpoints> _noLocal = [];
    private bool _checksChanged;
    private bool _addressesChanged;

    /// <summary>Sorted by Service. Replaced as a whole.</summary>
    public IReadOnlyCollection<HealthCheckNodePort> HealthChecks { get; private set; } = [];

    /// <summary>Replaced as a whole.</summary>
    public IReadOnlySet<IPAddress> ExternalAddresses { get; private set; } = new HashSet<IPAddress>();

    public NoLocalEndpoints NoLocal { get; private set; } = new(0, 0);

    public void Accept(DesiredService service)
    {
        _checksChanged |= service.HealthCheck is { } check ? _checks.GetValueOrDefault(service.Key) != check : _checks.ContainsKey(service.Key);
        _addressesChanged |= !_addresses.GetValueOrDefault(service.Key, []).SequenceEqual(service.ExternalAddresses);
        Put(_checks, service.Key, service.HealthCheck);
        Put(_addresses, service.Key, service.ExternalAddresses is [] ? null : service.ExternalAddresses);
        Put(_noLocal, service.Key, NoLocalEndpoints.Of(service) is { Internal: 0, External: 0 } ? null : NoLocalEndpoints.Of(service));
    }

    /// <summary>One that was never programmed says that nothing is here.</summary>
    public void Refuse(DesiredService service)
    {
        if (service.HealthCheck is { } check && _checks.TryAdd(service.Key, check with { LocalEndpoints = 0 }))
        {
            _checksChanged = true;
        }
    }

    /// <summary>To be called after a pass.</summary>
    public void Publish()
    {
        if (_checksChanged)
        {
            HealthChecks = [.. _checks.Values.OrderBy(c => c.Service.Namespace, StringComparer.Ordinal).ThenBy(c => c.Service.Name, StringComparer.Ordinal)];
        }

        if (_addressesChanged && _addresses.Values.SelectMany(a => a).ToHashSet() is var addresses && !addresses.SetEquals(ExternalAddresses))
        {
            ExternalAddresses = addresses;
        }

        NoLocal = new NoLocalEndpoints(_noLocal.Values.Sum(n => n.Internal), _noLocal.Values.Sum(n => n.External));
        (_checksChanged, _addressesChanged) = (false, false);
    }

    private static void Put<T>(Dictionary<ObjectKey, T> all, ObjectKey key, T? value)
        where T : class
    {
        if (value is null)
        {
            all.Remove(key);
        }
        else
        {
            all[key] = value;
        }
    }
}
