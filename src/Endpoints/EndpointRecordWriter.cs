using System.Globalization;
using System.Net;

namespace Netweir.Endpoints;

/// <summary>Writes a record as <see cref="EndpointsJson"/> reads it.</summary>
internal static class EndpointRecordWriter
{
    public static byte[] ToJson(EndpointRecord record)
    {
        JsonLine json = new JsonLine().BeginObject()
            .Text("containerId", record.ContainerId)
            .Text("interfaceName", record.InterfaceName)
            .Text("network", record.Network)
            .Text("networkNamespacePath", record.NetworkNamespacePath)
            .Number("networkNamespaceInode", record.NetworkNamespaceInode)
            .Text("bootId", record.BootId)
            .Name("addresses").BeginArray();
        foreach (IPAddress address in record.Addresses)
        {
            json.Text(address.ToString());
        }

        json.EndArray()
            .Text("hostInterfaceName", record.HostInterfaceName)
            .Number("hostInterfaceIndex", record.HostInterfaceIndex)
            .Text("hostMac", record.HostMac.ToString())
            .Text("podMac", record.PodMac.ToString())
            .Text("state", record.State == EndpointState.Ready ? nameof(EndpointState.Ready) : nameof(EndpointState.Creating))
            .Text("created", record.Created.ToString("O", CultureInfo.InvariantCulture))
            .OptionalText("podNamespace", record.PodNamespace)
            .OptionalText("podName", record.PodName)
            .OptionalText("podUid", record.PodUid)
            .Name("portMappings").BeginArray();
        foreach (PortMapping mapping in record.PortMappings)
        {
            Write(json, mapping);
        }

        return json.EndArray().EndObject().ToUtf8();
    }

    private static void Write(JsonLine json, PortMapping mapping) => json.BeginObject()
        .Number("hostPort", mapping.HostPort)
        .Number("containerPort", mapping.ContainerPort)
        .Text("protocol", mapping.Protocol)
        .OptionalText("hostIP", mapping.HostIP)
        .EndObject();
}
