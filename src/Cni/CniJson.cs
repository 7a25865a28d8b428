using System.Text.Json.Serialization;

namespace Netweir.Cni;

/// <summary>Names in any case, as Go reads them: containerd writes <c>HostPort</c> where others write <c>hostPort</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NetworkConfig))]
internal sealed partial class CniJson : JsonSerializerContext;
