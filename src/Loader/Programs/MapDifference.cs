namespace Netweir.Loader;

/// <summary>A pinned map that cannot be used as it is for a declared one.</summary>
/// <param name="Wanted">The declared layout as text.</param>
/// <param name="Found">The pinned one's.</param>
/// <param name="EntriesOnly">Only the number of entries differs: who knows the layout can read and write both.</param>
public sealed record MapDifference(string Map, string Path, string Wanted, string Found, bool EntriesOnly);
