namespace Netweir.Maps;

/// <summary>Names that were read before.</summary>
public sealed record NameTable : INameSource
{
    public IReadOnlyDictionary<Address, string> Pods { get; init; } = new Dictionary<Address, string>();

    public IReadOnlyDictionary<Address, string> Nodes { get; init; } = new Dictionary<Address, string>();

    public IReadOnlyDictionary<uint, string> Services { get; init; } = new Dictionary<uint, string>();

    public IReadOnlyDictionary<uint, string> Devices { get; init; } = new Dictionary<uint, string>();

    /// <summary>Takes services and nodes from their maps.</summary>
    public static NameTable From(IEnumerable<KeyValuePair<uint, Service>> services, IEnumerable<KeyValuePair<Address, Node>> nodes)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(nodes);
        Dictionary<uint, string> serviceNames = [];
        Dictionary<Address, string> nodeNames = [];
        foreach ((uint id, Service service) in services)
        {
            serviceNames[id] = ServiceName(service);
        }

        foreach ((Address address, Node node) in nodes)
        {
            nodeNames[address] = node.Name.ToString();
        }

        return new NameTable { Services = serviceNames, Nodes = nodeNames };
    }

    public static string ServiceName(Service service)
    {
        string port = service.PortName.ToString();
        return $"{service.Namespace}/{service.Name}{(port.Length > 0 ? ":" : "")}{port}";
    }

    public string? Pod(Address address) => Pods.GetValueOrDefault(address);

    public string? Node(Address address) => Nodes.GetValueOrDefault(address);

    public string? Service(uint id) => Services.GetValueOrDefault(id);

    public string? Device(uint ifindex) => Devices.GetValueOrDefault(ifindex);
}
