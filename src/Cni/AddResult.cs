using System.Net;
using Netweir.Endpoints;

namespace Netweir.Cni;

/// <summary>The result of ADD in the form of the version that the configuration asks for.</summary>
internal static class AddResult
{
    private const int ScopeLink = 253;

    public static void Write(Stream output, Invocation invocation, EndpointRecord record, NodeFacts node)
    {
        bool detailed = CniVersions.IsAtLeast(invocation.Version, "1.1.0");
        JsonLine json = new JsonLine().BeginObject().Text("cniVersion", invocation.Version);
        int? mtu = detailed ? invocation.Config.Mtu ?? node.Mtu : null;
        json.Name("interfaces").BeginArray();
        WriteInterface(json, record.HostInterfaceName, record.HostMac.ToString(), mtu, null);
        WriteInterface(json, record.InterfaceName, record.PodMac.ToString(), mtu, record.NetworkNamespacePath);
        json.EndArray().Name("ips").BeginArray();
        foreach (IPAddress address in record.Addresses)
        {
            WriteAddress(json, address, Gateway(address, node), withVersion: !CniVersions.IsAtLeast(invocation.Version, "1.0.0"));
        }

        json.EndArray().Name("routes").BeginArray();
        foreach (IPAddress address in record.Addresses)
        {
            WriteRoutes(json, address, Gateway(address, node), detailed);
        }

        json.EndArray().Name("dns").BeginObject().EndObject().EndObject();
        output.Write(json.ToUtf8());
    }

    private static IPAddress Gateway(IPAddress address, NodeFacts node) => AttachmentBuilder.IsIPv4(address) ? node.GatewayIPv4 : node.GatewayIPv6;

    private static void WriteInterface(JsonLine json, string name, string mac, int? mtu, string? sandbox)
    {
        json.BeginObject().Text("name", name).Text("mac", mac);
        if (mtu is { } bytes)
        {
            json.Number("mtu", bytes);
        }

        json.OptionalText("sandbox", sandbox).EndObject();
    }

    private static void WriteAddress(JsonLine json, IPAddress address, IPAddress gateway, bool withVersion)
    {
        json.BeginObject();
        if (withVersion)
        {
            json.Text("version", AttachmentBuilder.IsIPv4(address) ? "4" : "6");
        }

        json.Text("address", AttachmentBuilder.HostPrefix(address).ToString()).Text("gateway", gateway.ToString()).Number("interface", 1).EndObject();
    }

    private static void WriteRoutes(JsonLine json, IPAddress address, IPAddress gateway, bool detailed)
    {
        if (AttachmentBuilder.IsIPv4(address))
        {
            json.BeginObject().Text("dst", AttachmentBuilder.HostPrefix(gateway).ToString());
            if (detailed)
            {
                json.Number("scope", ScopeLink);
            }

            json.EndObject();
        }

        json.BeginObject().Text("dst", AttachmentBuilder.IsIPv4(address) ? "0.0.0.0/0" : "::/0").Text("gw", gateway.ToString()).EndObject();
    }
}
