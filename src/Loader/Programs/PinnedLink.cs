namespace Netweir.Loader;

/// <summary>A link below <c>&lt;root&gt;/links/</c>, as it is now.</summary>
/// <param name="PinnedIfindex">The device it was made for, from its name.</param>
/// <param name="Ifindex">0: that device is gone.</param>
public sealed record PinnedLink(string Hook, uint PinnedIfindex, uint Ifindex, TcxDirection Direction, uint ProgramId);
