using System.Text.Json.Serialization;

namespace Netweir.Cni;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NetworkConfig))]
internal sealed partial class CniJson : JsonSerializerContext;
