using Netweir.Endpoints;

namespace Netweir.Cni.Tests;

public sealed class PortMappingTests : IDisposable
{
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Theory]
    [InlineData("""{"hostPort":0,"containerPort":80}""", "portMappings[1]: hostPort 0 is not between")]
    [InlineData("""{"containerPort":80}""", "hostPort 0 is not between")]
    [InlineData("""{"hostPort":65536,"containerPort":80}""", "hostPort 65536 is not between")]
    [InlineData("""{"hostPort":-1,"containerPort":80}""", "hostPort -1 is not between")]
    [InlineData("""{"hostPort":80,"containerPort":0}""", "containerPort 0 is not between")]
    [InlineData("""{"hostPort":80,"containerPort":70000}""", "containerPort 70000 is not between")]
    [InlineData("""{"hostPort":80,"containerPort":80,"protocol":"icmp"}""", "protocol 'icmp' is not tcp, udp or sctp")]
    [InlineData("""{"hostPort":80,"containerPort":80,"protocol":""}""", "protocol '' is not")]
    [InlineData("""{"hostPort":80,"containerPort":80,"hostIP":"localhost"}""", "hostIP 'localhost' is not an IP address")]
    [InlineData("""{"hostPort":80,"containerPort":80,"hostIP":"10.1"}""", "hostIP '10.1' is not an IP address")]
    [InlineData("""{"hostPort":80,"containerPort":80,"hostIP":"fe80::1%eth0"}""", "hostIP 'fe80::1%eth0' is not an IP address")]
    [InlineData("null", "portMappings[1]: it is null")]
    public void Add_refuses_an_invalid_mapping_and_changes_nothing(string mapping, string text)
    {
        PluginResult result = Add("c1", """{"hostPort":8080,"containerPort":80}""", mapping);

        Assert.Equal((1, (int)CniErrorCode.InvalidNetworkConfig), (result.ExitCode, result.ErrorCode));
        Assert.Contains(text, result.Message, StringComparison.Ordinal);
        Assert.Empty(_node.Store.List());
        _node.AssertEmpty();
    }

    [Fact]
    public void Del_removes_a_pod_whatever_its_mappings_say()
    {
        Assert.Equal(0, Add("c1", """{"hostPort":8080,"containerPort":80}""").ExitCode);

        PluginResult result = _node.Run("DEL", "c1", null, Config("""{"hostPort":0,"containerPort":80}"""));

        Assert.True(result.ExitCode == 0, result.Text);
        _node.AssertEmpty();
    }

    [Fact]
    public void Add_takes_protocols_in_any_case_and_addresses_of_both_families()
    {
        PluginResult result = Add(
            "c1",
            """{"hostPort":1,"containerPort":65535,"protocol":"TCP"}""",
            """{"hostPort":65535,"containerPort":1,"protocol":"Udp","hostIP":"127.0.0.1"}""",
            """{"hostPort":80,"containerPort":80,"protocol":"sctp","hostIP":"fd00::1"}""",
            """{"hostPort":81,"containerPort":80,"hostIP":""}""");

        Assert.True(result.ExitCode == 0, result.Text);
        Assert.Equal(4, Assert.Single(_node.Store.List()).PortMappings.Count);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("0.0.0.0", null)]
    [InlineData("::", null)]
    [InlineData("::ffff:0.0.0.0", null)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("fd00:0::1", "fd00::1")]
    public void Host_address_stands_for_all_when_it_is_unspecified(string? hostIP, string? address) =>
        Assert.Equal(address, new PortMapping { HostPort = 1, ContainerPort = 1, HostIP = hostIP }.Address()?.ToString());

    private PluginResult Add(string containerId, params string[] mappings) => _node.Run("ADD", containerId, _node.NewPod(), Config(mappings));

    private string Config(params string[] mappings) =>
        _node.Config(more: $$""","runtimeConfig":{"portMappings":[{{string.Join(',', mappings)}}]}""");
}
