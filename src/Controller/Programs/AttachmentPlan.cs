namespace Netweir.Controller;

/// <summary>Where the node's programs belong, pods apart. <paramref name="Uplinks"/> are ifindices.</summary>
internal sealed record AttachmentPlan(Devices Devices, IReadOnlyList<int> Uplinks);
