namespace Netweir.Bench.Results;

/// <summary>A path's name, as comparisons use it, and what people read.</summary>
public sealed record PathInfo(string Name, string Label);
