namespace Netweir.Controller;

/// <summary>What the last turn set up; decides which kernel events matter.</summary>
internal sealed record NodeView(Devices Devices, IReadOnlyList<Uplink> Uplinks);
