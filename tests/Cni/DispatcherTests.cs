using System.Text;

namespace Netweir.Cni.Tests;

public sealed class DispatcherTests
{
    private const string Conf = """{"cniVersion":"1.1.0","name":"netweir","type":"netweir-cni","stateDir":"/nonexistent/s","runDir":"/nonexistent/r","bpfRoot":"/nonexistent/b"}""";

    public static TheoryData<string, string, int, string> BadInputs => new()
    {
        { "", "the configuration is empty", 6, "not valid JSON" },
        { "{", "it is cut off", 6, "not valid JSON" },
        { "null", "it is null", 6, "null" },
        { """{"cniVersion":1}""", "a field has another type", 6, "not valid JSON: cniVersion: 1 is not a text" },
        { """{"cniVersion":"1.1.0","name":"n","mtu":1450.5}""", "a number is no integer", 6, "mtu: 1450.5 is not a whole number" },
        { """{"cniVersion":"1.1.0","name":"n","runtimeConfig":{"portMappings":[{},{"hostPort":"80"}]}}""", "it is deep inside", 6, "runtimeConfig.portMappings[1].hostPort: 80 is not" },
        { """{"cniVersion":"1.1.0","name":"\ud800"}""", "a text has half a character", 6, "name" },
        { """{"cniVersion":"1.1.0","name":"n"} {}""", "more follows", 6, "not valid JSON" },
        { """["cniVersion"]""", "it is an array", 6, "not an object" },
        { """{"cniVersion":"0.2.0","name":"n"}""", "the version is too old", 1, "0.2.0" },
        { """{"cniVersion":"9.0.0","name":"n"}""", "the version is unknown", 1, "0.3.1, 0.4.0, 1.0.0, 1.1.0" },
        { """{"name":"n"}""", "there is no version", 1, "0.1.0" },
        { """{"cniVersion":"1.1.0"}""", "there is no name", 7, "no name" },
        { """{"cniVersion":"1.1.0","name":"n","mtu":10}""", "the mtu is too small", 7, "mtu 10" },
        { """{"cniVersion":"1.1.0","name":"n","stateDir":"here"}""", "a path is relative", 7, "'here'" },
        { """{"cniVersion":"1.1.0","name":"n","ipam":{"type":"host-local"}}""", "IPAM is delegated", 2, """ipam with value {"type":"host-local"}""" },
        { """{"cniVersion":"1.1.0","name":"n","runtimeConfig":{"mac":"02:00:00:00:00:01"}}""", "a MAC is asked for", 2, "runtimeConfig.mac" },
    };

    [Theory]
    [MemberData(nameof(BadInputs))]
    public void Configuration_is_refused_with_its_code(string input, string when, int code, string text)
    {
        PluginResult result = PluginResult.Of(TestNode.Environment("ADD", "c1", "/run/netns/none"), input);

        Assert.True(result.ExitCode == 1 && result.ErrorCode == code, $"{when}: {result.Text}");
        Assert.Contains(text, result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ADD", "CNI_CONTAINERID")]
    [InlineData("ADD", "CNI_NETNS")]
    [InlineData("ADD", "CNI_IFNAME")]
    [InlineData("DEL", "CNI_CONTAINERID")]
    [InlineData("DEL", "CNI_IFNAME")]
    [InlineData("CHECK", "CNI_CONTAINERID")]
    [InlineData("CHECK", "CNI_NETNS")]
    [InlineData("CHECK", "CNI_IFNAME")]
    public void Missing_variable_is_named(string command, string variable)
    {
        Dictionary<string, string> environment = TestNode.Environment(command, "c1", "/run/netns/none");
        environment.Remove(variable);

        PluginResult result = PluginResult.Of(environment, Conf);

        Assert.Equal((1, 4, $"{command} needs {variable}: not set"), (result.ExitCode, result.ErrorCode, result.Message));
    }

    [Theory]
    [InlineData("CNI_CONTAINERID", "../../etc")]
    [InlineData("CNI_CONTAINERID", "-x")]
    [InlineData("CNI_CONTAINERID", "a b")]
    [InlineData("CNI_IFNAME", "0123456789abcdef")]
    [InlineData("CNI_IFNAME", "..")]
    [InlineData("CNI_IFNAME", "a/b")]
    [InlineData("CNI_IFNAME", "a:b")]
    [InlineData("CNI_IFNAME", "a b")]
    [InlineData("CNI_ARGS", "NOVALUE")]
    [InlineData("CNI_COMMAND", "FROB")]
    [InlineData("CNI_COMMAND", "")]
    public void Invalid_variable_is_named(string variable, string value)
    {
        Dictionary<string, string> environment = TestNode.Environment("ADD", "c1", "/run/netns/none");
        environment[variable] = value;

        PluginResult result = PluginResult.Of(environment, Conf);

        Assert.Equal((1, 4), (result.ExitCode, result.ErrorCode));
        Assert.StartsWith(variable, result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CHECK", "0.3.1")]
    [InlineData("GC", "1.0.0")]
    [InlineData("STATUS", "1.0.0")]
    public void Verb_that_a_version_does_not_have_is_refused(string command, string version)
    {
        PluginResult result = PluginResult.Of(TestNode.Environment(command, "c1", "/x"), Conf.Replace("1.1.0", version, StringComparison.Ordinal));

        Assert.Equal((1, 1), (result.ExitCode, result.ErrorCode));
        Assert.Equal(version, result.Json.GetProperty("cniVersion").GetString());
    }

    [Fact]
    public void Configuration_has_defaults_for_what_it_leaves_out()
    {
        NetworkConfig config = Parse("""{"cniVersion":"1.1.0","name":"n","runtimeConfig":{"portMappings":[{"hostPort":1,"containerPort":2}]}}""");

        Assert.Equal(("/var/lib/netweir", "/run/netweir", "/sys/fs/bpf/netweir"), (config.StateDir, config.RunDir, config.BpfRoot));
        Assert.Equal("tcp", Assert.Single(config.RuntimeConfig!.PortMappings!)?.Protocol);
        Assert.Equal(CniErrorCode.DecodeFailure, Assert.Throws<CniException>(() => Parse("""{"stateDir":null}""")).Code);
    }

    [Fact]
    public void Configuration_may_have_names_in_any_case_unknown_fields_and_one_field_twice()
    {
        NetworkConfig config = Parse("""
            {"CNIVersion":"1.0.0","plugins":[{"mtu":1}],"Name":"first","mtu":null,"RuntimeConfig":{"bandwidth":{"a":[1,{}]},"PortMappings":[{"HostPort":1,"other":{},"hostip":null}]},
            "name":"caf\u00e9","CNI.dev/Valid-Attachments":[]}
            """);

        Assert.Equal(("1.0.0", "café", null), (config.CniVersion, config.Name, config.Mtu));
        Assert.Equal(new Endpoints.PortMapping { HostPort = 1 }, Assert.Single(config.RuntimeConfig!.PortMappings!));
        Assert.Equal(0, config.ValidAttachments.GetArrayLength());
    }

    [Fact]
    public void Version_lists_what_is_spoken_and_reads_no_input()
    {
        using var output = new MemoryStream();
        int exitCode = Plugin.Run(name => name == "CNI_COMMAND" ? "VERSION" : null, Stream.Null, output, Stream.Null);

        Assert.Equal(0, exitCode);
        Assert.Equal("""{"cniVersion":"1.1.0","supportedVersions":["0.3.1","0.4.0","1.0.0","1.1.0"]}""", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void Status_and_add_say_what_is_missing_without_an_agent()
    {
        PluginResult status = PluginResult.Of(new() { ["CNI_COMMAND"] = "STATUS" }, Conf);
        PluginResult add = PluginResult.Of(TestNode.Environment("ADD", "c1", "/run/netns/none"), Conf);

        Assert.Equal((1, 50), (status.ExitCode, status.ErrorCode));
        Assert.Contains("/nonexistent/r/node.json", status.Message, StringComparison.Ordinal);
        Assert.Equal((1, 11), (add.ExitCode, add.ErrorCode));
        Assert.Contains("netweir-agent", add.Json.GetProperty("details").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Gc_without_a_list_refuses_to_delete_everything()
    {
        PluginResult absent = PluginResult.Of(new() { ["CNI_COMMAND"] = "GC" }, Conf);
        PluginResult malformed = PluginResult.Of(new() { ["CNI_COMMAND"] = "GC" }, Conf.Replace("}", ""","cni.dev/valid-attachments":[{"containerID":"x"}]}""", StringComparison.Ordinal));

        Assert.Equal((1, 7), (absent.ExitCode, absent.ErrorCode));
        Assert.Equal((1, 7), (malformed.ExitCode, malformed.ErrorCode));
    }

    [Fact]
    public void Half_a_character_is_told_as_the_runtimes_mistake()
    {
        string list = ""","cni.dev/valid-attachments":[{"containerID":"\ud800","ifname":"eth0"}]}""";
        PluginResult gc = PluginResult.Of(new() { ["CNI_COMMAND"] = "GC" }, Conf.Replace("}", list, StringComparison.Ordinal));

        Assert.Equal((1, 7), (gc.ExitCode, gc.ErrorCode));
    }

    [Fact]
    public void Input_that_is_not_utf_8_is_refused()
    {
        using var output = new MemoryStream();
        using var input = new MemoryStream([.. "{\"cniVersion\":\"1.1.0\",\"name\":\"netweir\",\"prevResult\":\""u8, 0xe0, .. "\"}"u8]);
        Assert.Equal(1, Plugin.Run(name => name == "CNI_COMMAND" ? "GC" : null, input, output, Stream.Null));

        Assert.Equal(6, new PluginResult(1, Encoding.UTF8.GetString(output.ToArray()), string.Empty).ErrorCode);
    }

    [Fact]
    public void Unreadable_input_is_an_io_failure()
    {
        using var output = new MemoryStream();
        using var input = new FileStream("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        Dictionary<string, string> environment = TestNode.Environment("DEL", "c1", null);
        int exitCode = Plugin.Run(name => environment.GetValueOrDefault(name), input, output, Stream.Null);

        Assert.Equal(1, exitCode);
        Assert.Equal(5, new PluginResult(1, Encoding.UTF8.GetString(output.ToArray()), string.Empty).ErrorCode);
    }

    private static NetworkConfig Parse(string json) => InvocationReader.ReadConfig(new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
