using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Netweir.Support.Lab;

/// <summary>What the container runtime knows of a pod.</summary>
public sealed class PodSandbox
{
    public required string PodNamespace { get; init; }

    public required string PodName { get; init; }

    public required string NamespacePath { get; init; }

    public IReadOnlyList<LabHostPort> HostPorts { get; init; } = [];

    public string ContainerId { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);

    public string Uid { get; } = Guid.NewGuid().ToString();

    /// <summary>That the plugin was given at ADD; runtimes keep it for DEL and CHECK.</summary>
    public JsonObject? Configuration { get; set; }

    /// <summary>Of ADD; runtimes keep it for DEL and CHECK.</summary>
    public JsonObject? Result { get; set; }
}
