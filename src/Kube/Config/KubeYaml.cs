using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Netweir.Kube;

/// <summary>
/// YAML as Kubernetes uses it, read into JSON nodes: mappings with scalar keys, sequences, scalars, anchors. Built on the event parser:
/// nothing here needs reflection.
/// </summary>
public static class KubeYaml
{
    private const int MaxDepth = 64;

    /// <summary>All documents of a stream; empty ones are left out. Plain scalars become null, booleans or numbers by YAML's core schema.</summary>
    /// <exception cref="FormatException">Not YAML, or YAML that JSON cannot express; says where.</exception>
    public static IReadOnlyList<JsonNode> ParseAll(string yaml) => Read(yaml, typed: true);

    /// <summary>The one document of a stream with every scalar as text, or null when there is none.</summary>
    /// <exception cref="FormatException">Not YAML, or more than one document.</exception>
    internal static JsonNode? ParseText(string yaml)
    {
        var documents = Read(yaml, typed: false);
        return documents.Count <= 1 ? documents.FirstOrDefault() : throw new FormatException("more than one YAML document");
    }

    private static List<JsonNode> Read(string yaml, bool typed)
    {
        try
        {
            var parser = new Parser(new StringReader(yaml));
            parser.Consume<StreamStart>();
            var documents = new List<JsonNode>();
            while (parser.TryConsume<DocumentStart>(out _))
            {
                if (Node(parser, [], typed, 0) is { } node)
                {
                    documents.Add(node);
                }

                parser.Consume<DocumentEnd>();
            }

            return documents;
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}, column {e.Start.Column}: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // YamlDotNet's scanner on some malformed input.
            throw new FormatException($"malformed YAML: {e.Message}", e);
        }
    }

    private static JsonNode? Node(Parser parser, Dictionary<AnchorName, JsonNode?> anchors, bool typed, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new YamlException(parser.Current!.Start, parser.Current.End, $"nested deeper than {MaxDepth} levels");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.TryGetValue(alias.Value, out var known)
                ? known?.DeepClone()
                : throw new YamlException(alias.Start, alias.End, $"unknown anchor {alias.Value}");
        }

        var anchor = (parser.Current as NodeEvent)?.Anchor ?? AnchorName.Empty;
        JsonNode? node = parser.Current switch
        {
            MappingStart => Mapping(parser, anchors, typed, depth),
            SequenceStart => Sequence(parser, anchors, typed, depth),
            _ => Value(parser.Consume<Scalar>(), typed),
        };
        if (!anchor.IsEmpty)
        {
            anchors[anchor] = node;
        }

        return node;
    }

    private static JsonObject Mapping(Parser parser, Dictionary<AnchorName, JsonNode?> anchors, bool typed, int depth)
    {
        parser.Consume<MappingStart>();
        var result = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            if (!result.TryAdd(key.Value, Node(parser, anchors, typed, depth + 1)))
            {
                throw new YamlException(key.Start, key.End, $"key '{key.Value}' appears twice");
            }
        }

        return result;
    }

    private static JsonArray Sequence(Parser parser, Dictionary<AnchorName, JsonNode?> anchors, bool typed, int depth)
    {
        parser.Consume<SequenceStart>();
        var result = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            result.Add(Node(parser, anchors, typed, depth + 1));
        }

        return result;
    }

    private static JsonValue? Value(Scalar scalar, bool typed)
    {
        if (scalar.Style != ScalarStyle.Plain || !scalar.Tag.IsEmpty)
        {
            return JsonValue.Create(scalar.Value);
        }

        if (scalar.Value is "" or "~" or "null" or "Null" or "NULL")
        {
            return null;
        }

        return typed ? Typed(scalar.Value) : JsonValue.Create(scalar.Value);
    }

    private static JsonValue Typed(string text)
    {
        if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
        {
            return JsonValue.Create(text[0] is 't' or 'T');
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            return JsonValue.Create(integer);
        }

        const NumberStyles Float = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }
}
