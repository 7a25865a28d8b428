namespace Netweir.Ctl;

/// <summary>A hook's program.</summary>
/// <param name="Id">0: it is not pinned.</param>
internal sealed record PinnedProgram(string Hook, uint Id, string Tag, TimeSpan LoadedAt);
