using System.Text.Json.Nodes;
using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>Changes to a manifest before it is applied, and the manifest as text.</summary>
internal static class ManifestEdits
{
    /// <summary>The pod template of the manifest's DaemonSet.</summary>
    public static JsonObject PodSpec(IEnumerable<KubeDocument> documents) =>
        documents.Single(d => d.Kind == "DaemonSet").Body["spec"]!["template"]!["spec"]!.AsObject();

    public static string Image(IEnumerable<KubeDocument> documents) => PodSpec(documents)["containers"]![0]!["image"]!.ToString();

    public static void SetImage(IEnumerable<KubeDocument> documents, string image)
    {
        JsonObject pod = PodSpec(documents);
        foreach (JsonNode? container in pod["initContainers"]!.AsArray().Concat(pod["containers"]!.AsArray()))
        {
            container!["image"] = image;
        }
    }

    /// <summary>Appends words to the command of an init container.</summary>
    public static void AppendToCommand(IEnumerable<KubeDocument> documents, string initContainer, params IReadOnlyList<string> words)
    {
        JsonNode container = PodSpec(documents)["initContainers"]!.AsArray().Single(c => (string?)c!["name"] == initContainer)!;
        Append(container["command"]!.AsArray(), words);
    }

    /// <summary>Sets <c>--option=value</c> in an init container's command, whether or not it is there with another value.</summary>
    public static void SetOption(IEnumerable<KubeDocument> documents, string initContainer, string option, string value)
    {
        JsonNode container = PodSpec(documents)["initContainers"]!.AsArray().Single(c => (string?)c!["name"] == initContainer)!;
        JsonArray command = container["command"]!.AsArray();
        foreach (JsonNode? word in command.Where(w => w!.ToString() == option || w.ToString().StartsWith(option + "=", StringComparison.Ordinal)).ToList())
        {
            command.Remove(word);
        }

        Append(command, [$"{option}={value}"]);
    }

    /// <summary>Appends options of the agent, written with or without the dashes in front.</summary>
    public static void AppendAgentArguments(IEnumerable<KubeDocument> documents, IReadOnlyList<string> options)
    {
        JsonNode agent = PodSpec(documents)["containers"]!.AsArray().Single(c => (string?)c!["name"] == "agent")!;
        Append(agent["args"]!.AsArray(), [.. options.Select(o => o.StartsWith("--", StringComparison.Ordinal) ? o : "--" + o)]);
    }

    /// <summary>As YAML that kubectl applies.</summary>
    public static string ToYaml(IEnumerable<KubeDocument> documents) => string.Join("---\n", documents.Select(d => ManifestYaml.Write(d.Body)));

    private static void Append(JsonArray to, IReadOnlyList<string> words)
    {
        foreach (string word in words)
        {
            to.Add((JsonNode)JsonValue.Create(word));
        }
    }
}
