using System.Text;
using System.Text.Json.Nodes;

namespace Netweir.Support.Fuzz;

/// <summary>Spoils JSON: values of other types, strange texts, members that are missing, doubled or deep; and now and then bytes that are no JSON.</summary>
public sealed class JsonMutator(Random random)
{
    private static readonly string[] s_values =
    [
        "null", "true", "0", "-1", "1e400", "99999999999999999999", "2147483648", "65536", "0.5", "\"\"", "\" \"", "[]", "{}", "[null]", "[[]]", "{\"a\":null}",
        "\"10.0.0.1\"", "\"10.0.0.1/33\"", "\"::ffff:10.0.0.1\"", "\"fe80::1%eth0\"", "\"010.0.0.1\"", "\"None\"", "\"TCP\"", "\"tcp\"", "\"..\"", "\"../../etc/passwd\"",
        "\"/\"", "\"\\u0000\"", "\"@surrogate\"", "\"\\n\"", "\"é\"", "\"a=b;c\"", "\"[::1]:80\"", "\"http://x\"", "\"2024-13-45T99:99:99Z\"", "\"-----BEGIN\"",
    ];

    public byte[] Mutate(string json)
    {
        var root = JsonNode.Parse(json)!;
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            root = Change(root);
        }
        // Half a character can be written in JSON, but not by this writer.
        var bytes = Encoding.UTF8.GetBytes((root?.ToJsonString() ?? "null").Replace("@surrogate", "\\ud800", StringComparison.Ordinal));
        return random.Next(4) == 0 ? Bytes(bytes) : bytes;
    }

    /// <summary>Changes, removes or repeats bytes of any text.</summary>
    public byte[] Bytes(byte[] text)
    {
        var bytes = text.ToList();
        for (var changes = random.Next(1, 6); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 20)));
                    break;
                case 2:
                    bytes.InsertRange(at, [.. bytes.Skip(random.Next(bytes.Count)).Take(random.Next(1, 40))]);
                    break;
                default:
                    bytes.RemoveRange(at, random.Next(20) == 0 ? bytes.Count - at : 0);
                    break;
            }
        }
        return [.. bytes];
    }

    private JsonNode Change(JsonNode root)
    {
        var all = new List<JsonNode>();
        Collect(root, all);
        if (all.Count == 0)
        {
            return root;
        }
        switch (all[random.Next(all.Count)])
        {
            case JsonObject { Count: > 0 } members:
                var name = members.ElementAt(random.Next(members.Count)).Key;
                if (random.Next(6) == 0)
                {
                    members.Remove(name);
                }
                else
                {
                    members[name] = Value(members[name]);
                }
                break;
            case JsonArray { Count: > 0 } items:
                var index = random.Next(items.Count);
                items[index] = Value(items[index]);
                break;
            case JsonArray items:
                items.Add(Value(null));
                break;
            case JsonObject members:
                members[random.Next(2) == 0 ? "" : "name"] = Value(null);
                break;
        }
        return root;
    }

    private JsonNode? Value(JsonNode? old) => random.Next(8) switch
    {
        0 when old is not null => new JsonArray(old.DeepClone(), old.DeepClone()),
        1 when old is not null => new JsonObject { ["name"] = old.DeepClone() },
        2 => JsonValue.Create(new string('x', random.Next(1, 300))),
        3 => JsonValue.Create(random.Next(-10, 70_000)),
        _ => JsonNode.Parse(s_values[random.Next(s_values.Length)]),
    };

    private static void Collect(JsonNode? node, List<JsonNode> all)
    {
        switch (node)
        {
            case JsonObject members:
                all.Add(members);
                foreach (var (_, value) in members)
                {
                    Collect(value, all);
                }
                break;
            case JsonArray items:
                all.Add(items);
                foreach (var item in items)
                {
                    Collect(item, all);
                }
                break;
        }
    }
}
