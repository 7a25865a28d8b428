using System.Text;
using System.Text.Json;

namespace Netweir.Kube.Tests;

/// <summary>However the bytes of a list are divided: what comes of it is what the whole gives.</summary>
public sealed class ListParserTests
{
    private const string Item = """
        {"metadata":{"name":"w\u0065b","namespace":"default","labels":{"caf\u00e9":"\ud83d\ude00 und \"\\\u002f","grüße":"日本 😀"}},
         "unknown":{"deep":[[{"items":[1,-2.5e3,null,true]}],{}],"kind":"Pod"},
         "spec":{"type":"ClusterIP","clusterIPs":["10.96.0.1","fd00::1"],"ports":[{"name":"p}]","port":80,"targetPort":"d\u006es"},null,{"port":81}]}}
        """;

    /// <summary>Metadata after the items, escapes in names, values of all kinds that nobody reads, objects that cannot be read.</summary>
    private const string AfterItems = $$$$"""
         {"k\u0069nd":"ServiceList","apiVersion":"v1","other":[{"items":[{}]},"\\",12345,false,null],
         "\u0069tems":[{{{{Item}}}}, null,{"metadata":{"name":"bad","namespace":"x"},"spec":{"ports":7}},{},7,"s\u0074r",[{"a":"]"}] ,{"metadata":{"name":"z"}}],
         "count":1.5e-3, "metadat\u0061":{"resourceVersion":"\u0034712","continue":"n\u00e4chste","nested":{"metadata":{"resourceVersion":"1"}}},"end":{}} 

        """;

    private const string BeforeItems = $$$"""{"metadata":{"resourceVersion":"7"},"items":[{{{Item}}},{{{Item}}}],"kind":"ServiceList"}""";

    public static TheoryData<string> Lists => [AfterItems, BeforeItems, """{"items":null,"metadata":{"resourceVersion":"7"}}""", """{"items":[],"metadata":{"resourceVersion":"7"}}"""];

    public static TheoryData<string> NoLists =>
    [
        """{"kind":"PodList","items":[],"metadata":{"resourceVersion":"7"}}""",
        """{"kind":7,"items":[],"metadata":{"resourceVersion":"7"}}""",
        """{"items":[{"metadata":{"name":"a"}}],"metadata":{}}""",
        """{"items":[{"metadata":{"name":"a"}}]}""",
        """{"items":{},"metadata":{"resourceVersion":"7"}}""",
        """{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}},]}""",
        """{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}}]""",
        """{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a""",
        """{"metadata":{"resourceVersion":"7"},"items":[]}{}""",
        """{"metadata":{"resourceVersion":"7"},"items":["\x"]}""",
        """[{"metadata":{"name":"a"}}]""",
        "7",
        "",
    ];

    [Fact]
    public void The_whole_gives_every_object_that_can_be_read_and_what_is_left_of_the_others()
    {
        var (list, incidents) = Parse([Encoding.UTF8.GetBytes(AfterItems)]);

        Assert.Equal(["web", "z"], list.Items.Select(s => s.Metadata.Name));
        Assert.Equal(["", "bad", "", "", "", ""], list.Malformed.Select(m => m.Name));
        Assert.Equal(list.Malformed.Count, incidents);
        Assert.Equal(("4712", "nächste"), (list.ResourceVersion, list.Continue));
        Assert.Equal("😀 und \"\\/", list.Items[0].Metadata.Labels["café"]);
        Assert.Equal("日本 😀", list.Items[0].Metadata.Labels["grüße"]);
        Assert.Equal([("p}]", 80), ("", 81)], list.Items[0].Spec.Ports.Select(p => (p.Name, p.Port)));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_list_in_two_parts_is_the_list_wherever_it_is_split(string list)
    {
        var json = Encoding.UTF8.GetBytes(list);
        var whole = Text(Parse([json]));
        for (var at = 0; at <= json.Length; at++)
        {
            Assert.Equal(whole, Text(Parse([json[..at], json[at..]])));
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_list_in_parts_of_any_length_is_the_list(string list)
    {
        var json = Encoding.UTF8.GetBytes(list);
        var whole = Text(Parse([json]));
        for (var length = 1; length <= json.Length; length++)
        {
            Assert.Equal(whole, Text(Parse(json.Chunk(length))));
        }
    }

    [Theory]
    [MemberData(nameof(NoLists))]
    public void What_is_no_list_is_none_in_parts_either(string text)
    {
        var json = Encoding.UTF8.GetBytes(text);
        Assert.ThrowsAny<JsonException>(() => Parse([json]));
        Assert.ThrowsAny<JsonException>(() => Parse(json.Chunk(1)));
        for (var at = 0; at <= json.Length; at++)
        {
            Assert.ThrowsAny<JsonException>(() => Parse([json[..at], json[at..]]));
        }
    }

    [Fact]
    public void No_more_than_one_object_waits_for_its_end()
    {
        var items = string.Join(',', Enumerable.Repeat(Item, 100));
        var json = Encoding.UTF8.GetBytes($$$"""{"items":[{{{items}}}],"metadata":{"resourceVersion":"7"}}""");
        var longest = 0;

        var (list, _) = Parse(json.Chunk(1), unread => longest = Math.Max(longest, unread));

        Assert.Equal(100, list.Items.Count);
        Assert.InRange(longest, 1, Encoding.UTF8.GetByteCount(Item) + 1);
    }

    /// <summary>As a client reads: what was not consumed is given again with what follows, and once more when nothing follows.</summary>
    private static (KubeList<Service> List, int Incidents) Parse(IEnumerable<byte[]> parts, Action<int>? unread = null)
    {
        using var metrics = new KubeMetrics();
        var incidents = 0;
        var resource = KubeResources.Services;
        var parser = new ListParser<Service>(resource, new ObjectDecoder<Service>(resource, metrics, _ => incidents++));
        byte[] rest = [];
        foreach (var part in parts)
        {
            byte[] given = [.. rest, .. part];
            unread?.Invoke(given.Length);
            rest = given[parser.Feed(given, final: false)..];
        }

        parser.Feed(rest, final: true);
        return (parser.Finish(), incidents);
    }

    private static string[] Text((KubeList<Service> List, int Incidents) parsed) =>
    [
        .. parsed.List.Items.Select(i => JsonSerializer.Serialize(i, KubeResources.Services.TypeInfo)),
        .. parsed.List.Malformed.Select(m => $"malformed {m.Key}"),
        $"{parsed.Incidents} incidents", parsed.List.ResourceVersion, parsed.List.Continue,
    ];
}
