using System.Text.Json;
using System.Text.Json.Serialization;
using Netweir.Endpoints;

namespace Netweir.Cni;

/// <summary>
/// The network configuration on standard input: what the agent wrote to the conflist, and what the runtime added. Properties with defaults have
/// setters: the JSON source generator overwrites the defaults of init-only ones.
/// </summary>
internal sealed record NetworkConfig
{
    public string? CniVersion { get; init; }

    public string? Name { get; init; }

    /// <summary>Address allocations and endpoint records.</summary>
    public string StateDir { get; set; } = EndpointStore.DefaultStateDirectory;

    /// <summary>Where the agent writes node.json.</summary>
    public string RunDir { get; set; } = "/run/netweir";

    /// <summary>Where the agent pins programs and maps.</summary>
    public string BpfRoot { get; set; } = "/sys/fs/bpf/netweir";

    /// <summary>Bytes; overrides what the agent found.</summary>
    public int? Mtu { get; init; }

    public RuntimeConfig? RuntimeConfig { get; init; }

    public JsonElement PrevResult { get; init; }

    /// <summary>Not supported: Netweir allocates addresses itself.</summary>
    public JsonElement Ipam { get; init; }

    /// <summary>Only for GC: an array of containerID and ifname; null means none.</summary>
    [JsonPropertyName("cni.dev/valid-attachments")]
    public JsonElement ValidAttachments { get; init; }
}
