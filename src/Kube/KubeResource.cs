using System.Text.Json.Serialization.Metadata;

namespace Netweir.Kube;

/// <summary>
/// Where a resource lives in the API and how it is decoded. <paramref name="ApiPath"/> is <c>/api/v1</c> or <c>/apis/GROUP/VERSION</c>;
/// <paramref name="Plural"/> the resource's name in paths.
/// </summary>
public sealed record KubeResource<T>(string ApiPath, string Plural, JsonTypeInfo<T> TypeInfo)
    where T : class, IKubeObject
{
    /// <summary>As answers call one object of it; case does not matter.</summary>
    public string Kind { get; init; } = Plural[..^1];

    /// <summary>What of an object is kept in memory: an object without what nobody reads; null: all of it.</summary>
    public Func<T, T>? Keep { get; init; }

    internal string? NotKind(string? kind, string suffix = "") =>
        kind is null || kind.Equals(Kind + suffix, StringComparison.OrdinalIgnoreCase) ? null : $"its kind is {kind}, not {Kind}{suffix}";
}
