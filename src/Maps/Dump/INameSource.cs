namespace Netweir.Maps;

/// <summary>Kubernetes' words for what maps hold as numbers. null: not known.</summary>
public interface INameSource
{
    /// <returns><c>namespace/name</c></returns>
    string? Pod(Address address);

    string? Node(Address address);

    /// <param name="id">Key of nw_services.</param>
    /// <returns><c>namespace/name:port_name</c>, without the colon when the port has no name.</returns>
    string? Service(uint id);

    /// <param name="ifindex">In the network namespace of the node.</param>
    string? Device(uint ifindex);
}
