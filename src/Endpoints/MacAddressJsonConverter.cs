using System.Text.Json;
using System.Text.Json.Serialization;
using Netweir.Netlink;

namespace Netweir.Endpoints;

internal sealed class MacAddressJsonConverter : JsonConverter<MacAddress>
{
    public override MacAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        MacAddress.TryParse(reader.GetString(), out MacAddress mac) ? mac : throw new JsonException("not an Ethernet address");

    public override void Write(Utf8JsonWriter writer, MacAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
