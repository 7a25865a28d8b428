using System.Text.Json;
using Netweir.Endpoints;

namespace Netweir.Cni;

/// <summary>
/// The network configuration on standard input: what the agent wrote to the conflist, and what the runtime added; see
/// <see cref="NetworkConfigReader"/>.
/// </summary>
internal sealed record NetworkConfig
{
    public string? CniVersion { get; set; }

    public string? Name { get; set; }

    /// <summary>Address allocations and endpoint records.</summary>
    public string StateDir { get; set; } = EndpointStore.DefaultStateDirectory;

    /// <summary>Where the agent writes node.json.</summary>
    public string RunDir { get; set; } = "/run/netweir";

    /// <summary>Where the agent pins programs and maps.</summary>
    public string BpfRoot { get; set; } = "/sys/fs/bpf/netweir";

    /// <summary>Bytes; overrides what the agent found.</summary>
    public int? Mtu { get; set; }

    public RuntimeConfig? RuntimeConfig { get; set; }

    public JsonElement PrevResult { get; set; }

    /// <summary>Not supported: Netweir allocates addresses itself.</summary>
    public JsonElement Ipam { get; set; }

    /// <summary><c>cni.dev/valid-attachments</c>, only for GC: an array of containerID and ifname; null means none.</summary>
    public JsonElement ValidAttachments { get; set; }
}
