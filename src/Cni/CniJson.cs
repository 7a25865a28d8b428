using System.Text.Json.Serialization;

namespace Netweir.Cni;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NetworkConfig))]
internal sealed partial class CniJson : JsonSerializerContext;
