using System.Text.Json;
using Netweir.Endpoints;

namespace Netweir.Cni;

/// <summary>One call of the plugin, checked: variables that the verb requires are there, and those that are there are valid.</summary>
internal sealed record Invocation
{
    public required NetworkConfig Config { get; init; }

    /// <summary>Of the specification, as the configuration asks for.</summary>
    public required string Version { get; init; }

    public string ContainerId { get; init; } = string.Empty;

    public string NetworkNamespacePath { get; init; } = string.Empty;

    public string InterfaceName { get; init; } = string.Empty;

    public required CniArguments Arguments { get; init; }

    public AttachmentKey Key => new(ContainerId, InterfaceName);

    public EndpointStore OpenStore() => new(Config.StateDir);

    public static bool IsPresent(JsonElement element) => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
}
