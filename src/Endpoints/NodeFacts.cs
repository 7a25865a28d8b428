using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Netweir.Endpoints;

/// <summary>What the plugin must know about its node. The agent writes it to <c>&lt;runDir&gt;/node.json</c>; the plugin reads it at every ADD and STATUS.
/// Properties with defaults have setters: the JSON source generator overwrites the defaults of init-only ones.</summary>
public sealed record NodeFacts
{
    public const string FileName = "node.json";

    /// <summary>The next hop of pods; on no interface (RFC 3927 for the range).</summary>
    public static IPAddress DefaultGatewayIPv4 { get; } = new([169, 254, 1, 1]);

    public required string NodeName { get; init; }

    /// <summary>At most one range of each family is usual; of several, the first with room is used.</summary>
    [JsonPropertyName("podCIDRs")]
    public required IReadOnlyList<IPNetwork> PodCidrs { get; init; }

    /// <summary>Of pod interfaces, in bytes: the smallest uplink's less the encapsulation.</summary>
    public required int Mtu { get; init; }

    /// <summary>BIG TCP: how long a packet of many segments may be at pod interfaces, in bytes; null: the kernel's default.</summary>
    public int? OffloadSize { get; init; }

    public IPAddress GatewayIPv4 { get; set; } = DefaultGatewayIPv4;

    public IPAddress GatewayIPv6 { get; set; } = IPAddress.Parse("fe80::1");

    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not what the agent writes.</exception>
    public static NodeFacts Read(string runDirectory)
    {
        string path = Path.Combine(runDirectory, FileName);
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            NodeFacts facts = Parse(bytes);
            return facts.PodCidrs.Count > 0 && facts.Mtu >= 576 ? facts : throw new JsonException($"podCIDRs is empty or mtu {facts.Mtu} is below 576");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not valid node facts: {e.Message}. The agent rewrites it when it starts.", e);
        }
    }

    /// <summary>As <see cref="EndpointsJson"/> would read it.</summary>
    private static NodeFacts Parse(ReadOnlySpan<byte> utf8)
    {
        (string? nodeName, List<IPNetwork>? podCidrs, int? mtu, int? offloadSize) = (null, null, null, null);
        (IPAddress? gatewayIPv4, IPAddress? gatewayIPv6) = (null, null);
        Utf8JsonReader reader = JsonField.BeginObject(utf8, "node facts");
        while (JsonField.Next(ref reader, out string name))
        {
            switch (name)
            {
                case "nodeName":
                    nodeName = JsonField.Text(ref reader, name);
                    break;
                case "podCIDRs":
                    podCidrs = JsonField.Items(ref reader, name, JsonField.Network);
                    break;
                case "mtu":
                    mtu = JsonField.Integer(ref reader, name);
                    break;
                case "offloadSize":
                    offloadSize = JsonField.OptionalInteger(ref reader, name);
                    break;
                case "gatewayIPv4":
                    gatewayIPv4 = JsonField.Address(ref reader, name);
                    break;
                case "gatewayIPv6":
                    gatewayIPv6 = JsonField.Address(ref reader, name);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        JsonField.End(ref reader);
        var facts = new NodeFacts
        {
            NodeName = nodeName ?? throw new JsonException("nodeName is missing"),
            PodCidrs = podCidrs ?? throw new JsonException("podCIDRs is missing"),
            Mtu = mtu ?? throw new JsonException("mtu is missing"),
            OffloadSize = offloadSize,
        };
        (facts.GatewayIPv4, facts.GatewayIPv6) = (gatewayIPv4 ?? facts.GatewayIPv4, gatewayIPv6 ?? facts.GatewayIPv6);
        return facts;
    }

    /// <summary>Writes the file atomically, creating the directory.</summary>
    public void Write(string runDirectory)
    {
        Directory.CreateDirectory(runDirectory);
        AtomicFile.Write(Path.Combine(runDirectory, FileName), JsonSerializer.SerializeToUtf8Bytes(this, EndpointsJson.Default.NodeFacts));
    }
}
