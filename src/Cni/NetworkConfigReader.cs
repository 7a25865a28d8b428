using System.Text.Json;
using Netweir.Endpoints;

namespace Netweir.Cni;

/// <summary>Names count in any case, as Go reads them: containerd writes <c>HostPort</c> where others write <c>hostPort</c>. Unknown ones are passed over.</summary>
internal static class NetworkConfigReader
{
    /// <exception cref="JsonException">It is no JSON, or a field has another type; the message names it.</exception>
    public static NetworkConfig Read(ReadOnlySpan<byte> utf8)
    {
        var config = new NetworkConfig();
        Utf8JsonReader reader = JsonField.BeginObject(utf8, "configuration");
        while (JsonField.Next(ref reader, out string name))
        {
            Set(config, name, ref reader);
        }

        JsonField.End(ref reader);
        return config;
    }

    private static void Set(NetworkConfig config, string name, ref Utf8JsonReader reader)
    {
        switch (name.ToUpperInvariant())
        {
            case "CNIVERSION":
                config.CniVersion = JsonField.OptionalText(ref reader, name);
                break;
            case "NAME":
                config.Name = JsonField.OptionalText(ref reader, name);
                break;
            case "STATEDIR":
                config.StateDir = JsonField.Text(ref reader, name);
                break;
            case "RUNDIR":
                config.RunDir = JsonField.Text(ref reader, name);
                break;
            case "BPFROOT":
                config.BpfRoot = JsonField.Text(ref reader, name);
                break;
            case "MTU":
                config.Mtu = JsonField.OptionalInteger(ref reader, name);
                break;
            case "RUNTIMECONFIG":
                config.RuntimeConfig = JsonField.IsNull(ref reader) ? null : ReadRuntimeConfig(ref reader, name);
                break;
            case "PREVRESULT":
                config.PrevResult = JsonElement.ParseValue(ref reader);
                break;
            case "IPAM":
                config.Ipam = JsonElement.ParseValue(ref reader);
                break;
            case "CNI.DEV/VALID-ATTACHMENTS":
                config.ValidAttachments = JsonElement.ParseValue(ref reader);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static RuntimeConfig ReadRuntimeConfig(ref Utf8JsonReader reader, string name)
    {
        var config = new RuntimeConfig();
        JsonField.BeginObject(ref reader, name);
        while (JsonField.Next(ref reader, out string part))
        {
            switch (part.ToUpperInvariant())
            {
                case "PORTMAPPINGS":
                    config.PortMappings = JsonField.IsNull(ref reader) ? null : JsonField.Items(ref reader, "runtimeConfig.portMappings", ReadPortMapping);
                    break;
                case "IPS":
                    config.Ips = JsonElement.ParseValue(ref reader);
                    break;
                case "MAC":
                    config.Mac = JsonElement.ParseValue(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return config;
    }

    private static PortMapping? ReadPortMapping(ref Utf8JsonReader reader, string name)
    {
        if (JsonField.IsNull(ref reader))
        {
            return null;
        }

        var mapping = new PortMapping();
        JsonField.BeginObject(ref reader, name);
        while (JsonField.Next(ref reader, out string part))
        {
            switch (part.ToUpperInvariant())
            {
                case "HOSTPORT":
                    mapping = mapping with { HostPort = JsonField.Integer(ref reader, $"{name}.{part}") };
                    break;
                case "CONTAINERPORT":
                    mapping = mapping with { ContainerPort = JsonField.Integer(ref reader, $"{name}.{part}") };
                    break;
                case "PROTOCOL":
                    mapping = mapping with { Protocol = JsonField.Text(ref reader, $"{name}.{part}") };
                    break;
                case "HOSTIP":
                    mapping = mapping with { HostIP = JsonField.OptionalText(ref reader, $"{name}.{part}") };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return mapping;
    }
}
