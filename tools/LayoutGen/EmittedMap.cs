using Netweir.Loader;

namespace Netweir.LayoutGen;

/// <summary>A map with the C# names of its property, key and value.</summary>
internal sealed record EmittedMap(MapSpec Spec, string Property, string Key, string Value);
