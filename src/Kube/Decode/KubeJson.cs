using System.Text.Json.Serialization;

namespace Netweir.Kube;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SharedStringConverter)])]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(Service))]
[JsonSerializable(typeof(EndpointSlice))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(NodeReadiness))]
[JsonSerializable(typeof(DaemonSet))]
[JsonSerializable(typeof(Namespace))]
[JsonSerializable(typeof(ServiceCidr))]
[JsonSerializable(typeof(KubeEvent))]
[JsonSerializable(typeof(EventSeries))]
[JsonSerializable(typeof(PartialObject))]
[JsonSerializable(typeof(KubeStatus))]
[JsonSerializable(typeof(ListMeta))]
internal sealed partial class KubeJson : JsonSerializerContext;
