using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Netweir.Endpoints;

internal sealed class IPNetworkJsonConverter : JsonConverter<IPNetwork>
{
    public override IPNetwork Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IPNetwork.TryParse(reader.GetString(), out IPNetwork network) ? network : throw new JsonException("not a CIDR (address with host bits zero, '/', prefix length)");

    public override void Write(Utf8JsonWriter writer, IPNetwork value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
