using System.Net;
using System.Text.Json.Serialization;
using Netweir.Netlink;

namespace Netweir.Endpoints;

/// <summary>What the node knows about one pod interface. It is written by the plugin only, and outlives processes and reboots.</summary>
public sealed record EndpointRecord
{
    public required string ContainerId { get; init; }

    /// <summary>Name inside the pod, <c>eth0</c> as a rule.</summary>
    public required string InterfaceName { get; init; }

    /// <summary>Name of the CNI network.</summary>
    public required string Network { get; init; }

    public required string NetworkNamespacePath { get; init; }

    public required ulong NetworkNamespaceInode { get; init; }

    /// <summary>Of the boot in which the record was made; nothing of another boot is alive.</summary>
    public required string BootId { get; init; }

    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    public required string HostInterfaceName { get; init; }

    /// <summary>0 until the interface was made.</summary>
    public int HostInterfaceIndex { get; init; }

    public required MacAddress HostMac { get; init; }

    public required MacAddress PodMac { get; init; }

    public required EndpointState State { get; init; }

    public required DateTimeOffset Created { get; init; }

    public string? PodNamespace { get; init; }

    public string? PodName { get; init; }

    public string? PodUid { get; init; }

    public IReadOnlyList<PortMapping> PortMappings { get; set; } = [];

    [JsonIgnore]
    public AttachmentKey Key => new(ContainerId, InterfaceName);

    /// <summary><c>namespace/name</c>, or the container id for an attachment that is not a pod's.</summary>
    [JsonIgnore]
    public string DisplayName => PodName is null ? ContainerId : $"{PodNamespace}/{PodName}";
}
