using System.Text.Json;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>The file that makes the container runtime call netweir-cni.</summary>
internal static class CniConflist
{
    public const string FileName = NetworkNames.ConflistName;

    /// <summary>CNI 1.1.0 network configuration list.</summary>
    public static byte[] Render(AgentOptions options)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("cniVersion", "1.1.0");
            json.WriteString("name", "netweir");
            json.WriteStartArray("plugins");
            json.WriteStartObject();
            json.WriteString("type", "netweir-cni");
            json.WriteString("stateDir", options.StateDir);
            json.WriteString("runDir", options.RunDir);
            json.WriteString("bpfRoot", options.BpfRoot);
            json.WriteStartObject("capabilities");
            json.WriteBoolean("portMappings", true);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }
}
