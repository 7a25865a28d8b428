using System.Net;
using System.Text.Json;
using Netweir.Endpoints;

namespace Netweir.Cni;

/// <summary>The result of ADD in the form of the version that the configuration asks for.</summary>
internal static class AddResult
{
    private const int ScopeLink = 253;

    public static void Write(Stream output, Invocation invocation, EndpointRecord record, NodeFacts node)
    {
        bool detailed = CniVersions.IsAtLeast(invocation.Version, "1.1.0");
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("cniVersion"u8, invocation.Version);
        int? mtu = detailed ? invocation.Config.Mtu ?? node.Mtu : null;
        json.WriteStartArray("interfaces"u8);
        WriteInterface(json, record.HostInterfaceName, record.HostMac.ToString(), mtu, null);
        WriteInterface(json, record.InterfaceName, record.PodMac.ToString(), mtu, record.NetworkNamespacePath);
        json.WriteEndArray();
        json.WriteStartArray("ips"u8);
        foreach (IPAddress address in record.Addresses)
        {
            WriteAddress(json, address, Gateway(address, node), withVersion: !CniVersions.IsAtLeast(invocation.Version, "1.0.0"));
        }

        json.WriteEndArray();
        json.WriteStartArray("routes"u8);
        foreach (IPAddress address in record.Addresses)
        {
            WriteRoutes(json, address, Gateway(address, node), detailed);
        }

        json.WriteEndArray();
        json.WriteStartObject("dns"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static IPAddress Gateway(IPAddress address, NodeFacts node) => AttachmentBuilder.IsIPv4(address) ? node.GatewayIPv4 : node.GatewayIPv6;

    private static void WriteInterface(Utf8JsonWriter json, string name, string mac, int? mtu, string? sandbox)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteString("mac"u8, mac);
        if (mtu is { } bytes)
        {
            json.WriteNumber("mtu"u8, bytes);
        }

        if (sandbox is not null)
        {
            json.WriteString("sandbox"u8, sandbox);
        }

        json.WriteEndObject();
    }

    private static void WriteAddress(Utf8JsonWriter json, IPAddress address, IPAddress gateway, bool withVersion)
    {
        json.WriteStartObject();
        if (withVersion)
        {
            json.WriteString("version"u8, AttachmentBuilder.IsIPv4(address) ? "4" : "6");
        }

        json.WriteString("address"u8, AttachmentBuilder.HostPrefix(address).ToString());
        json.WriteString("gateway"u8, gateway.ToString());
        json.WriteNumber("interface"u8, 1);
        json.WriteEndObject();
    }

    private static void WriteRoutes(Utf8JsonWriter json, IPAddress address, IPAddress gateway, bool detailed)
    {
        if (AttachmentBuilder.IsIPv4(address))
        {
            json.WriteStartObject();
            json.WriteString("dst"u8, AttachmentBuilder.HostPrefix(gateway).ToString());
            if (detailed)
            {
                json.WriteNumber("scope"u8, ScopeLink);
            }

            json.WriteEndObject();
        }

        json.WriteStartObject();
        json.WriteString("dst"u8, AttachmentBuilder.IsIPv4(address) ? "0.0.0.0/0" : "::/0");
        json.WriteString("gw"u8, gateway.ToString());
        json.WriteEndObject();
    }
}
