using System.Text.Json.Serialization;

namespace Netweir.Endpoints;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(IPAddressJsonConverter), typeof(IPNetworkJsonConverter), typeof(MacAddressJsonConverter)])]
[JsonSerializable(typeof(EndpointRecord))]
[JsonSerializable(typeof(NodeFacts))]
internal sealed partial class EndpointsJson : JsonSerializerContext;
