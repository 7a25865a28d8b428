namespace Netweir.Controller.Services;

/// <summary>What the choice of backends depends on. <paramref name="Zone"/> is null when the node has no <c>topology.kubernetes.io/zone</c> label.</summary>
internal sealed record ThisNode(string Name, string? Zone);
