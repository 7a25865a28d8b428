using System.Text.Json;

namespace Netweir.NodeState.Foreign;

/// <summary>The directory that container runtimes take their network configuration from: they take the first file by name.</summary>
public static class CniConfigurations
{
    /// <summary>Netweir's.</summary>
    public const string OwnFile = "05-netweir.conflist";

    /// <summary>What a file is renamed to that shall not be read any more: runtimes look for three other endings.</summary>
    public const string MovedSuffix = ".netweir-moved";

    /// <summary>Calls other plugins, and is put before them on purpose.</summary>
    public const string Multus = "multus";

    /// <summary>In the runtime's order, Netweir's own included; empty when there is no such directory.</summary>
    public static IReadOnlyList<CniConfiguration> Read(string directory) => Directory.Exists(directory)
        ? [.. Directory.EnumerateFiles(directory)
            .Where(p => Path.GetExtension(p) is ".conf" or ".conflist" or ".json")
            .OrderBy(Path.GetFileName, StringComparer.Ordinal)
            .Select(p => new CniConfiguration(p, Plugin(p)))]
        : [];

    private static string Plugin(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("plugins", out JsonElement plugins) && plugins.ValueKind == JsonValueKind.Array
                && plugins.GetArrayLength() > 0)
            {
                root = plugins[0];
            }

            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "";
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return ""; // half written, or not for us: its name is enough to tell of it
        }
    }
}
