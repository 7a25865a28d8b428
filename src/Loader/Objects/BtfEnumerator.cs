namespace Netweir.Loader;

/// <summary>A constant of an enum.</summary>
public readonly record struct BtfEnumerator(string Name, long Value);
