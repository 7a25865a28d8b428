namespace Netweir.Support.Lab;

/// <summary>What the API holds of the lab's services: keeps track of the slices, so that none outlives what it was written for.</summary>
internal sealed class LabServices(ILabApi api)
{
    private readonly Dictionary<string, HashSet<string>> _slices = [];
    private int _count;

    public LabService New(string name)
    {
        var number = Interlocked.Increment(ref _count);
        return new LabService
        {
            Name = name,
            IPv4 = LabSubnet.ClusterIPv4(number),
            IPv6 = LabSubnet.ClusterIPv6(number),
            NodePort = LabSubnet.NodePort(number),
            HealthCheckNodePort = LabSubnet.HealthCheckNodePort(number),
            OwnExternalIPs = LabSubnet.ExternalIPs(number),
            LoadBalancerIPs = LabSubnet.LoadBalancerIPs(number),
        };
    }

    public void Apply(LabService service) => api.Apply(ServiceObjects.Service(service));

    /// <summary>Each group becomes a slice of each family; backends with other ports get a slice of their own, as the slice controller does it.</summary>
    public void SetSlices(LabService service, IEnumerable<IReadOnlyCollection<LabBackend>> groups)
    {
        var written = new HashSet<string>();
        IReadOnlyCollection<LabBackend>[] slices = [.. groups.SelectMany(g => g.GroupBy(b => (b.Port, b.MirrorPort)).Select(p => p.ToArray()))];
        for (var i = 0; i < Math.Max(1, slices.Length); i++)
        {
            foreach (var ipv6 in (bool[])[false, true])
            {
                var name = $"{service.Name}-{(ipv6 ? "ipv6" : "ipv4")}{(i == 0 ? "" : $"-{i}")}";
                api.Apply(ServiceObjects.EndpointSlice(service, name, ipv6, slices.ElementAtOrDefault(i) ?? []));
                written.Add(name);
            }
        }

        lock (_slices)
        {
            DeleteSlices(_slices.GetValueOrDefault(service.Name, []).Except(written));
            _slices[service.Name] = written;
        }
    }

    public void Remove(LabService service)
    {
        api.Delete("services", ClusterObjects.Namespace, service.Name);
        lock (_slices)
        {
            DeleteSlices(_slices.GetValueOrDefault(service.Name, []));
            _slices.Remove(service.Name);
        }
    }

    private void DeleteSlices(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            api.Delete(ServiceObjects.SliceKind, ClusterObjects.Namespace, name);
        }
    }
}
