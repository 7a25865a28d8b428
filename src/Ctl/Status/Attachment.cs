namespace Netweir.Ctl;

/// <summary>A program of Netweir at a device.</summary>
/// <param name="Hook"><c>from_netdev</c></param>
/// <param name="Kind"><c>tcx</c> or <c>tc</c></param>
/// <param name="IsCurrent">It runs the program that is pinned; false: an older one.</param>
/// <param name="IsDeviceGone">A pinned link without a device.</param>
internal sealed record Attachment(string Hook, uint Ifindex, string Device, string Kind, bool IsCurrent, bool IsDeviceGone);
