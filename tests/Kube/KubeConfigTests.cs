using System.Text;

namespace Netweir.Kube.Tests;

public sealed class KubeConfigTests
{
    private const string Good = """
        apiVersion: v1
        kind: Config
        current-context: two
        contexts:
        - {name: one, context: {cluster: c1, user: u1}}
        - name: two
          context:
            cluster: c2
            user: u2
            namespace: net
        clusters:
        - name: c1
          cluster: {server: "https://[fd00::1]:6443", tls-server-name: kubernetes}
        - name: c2
          cluster:
            server: https://192.0.2.1:6443/prefix
            certificate-authority: pki/ca.crt
        users:
        - name: u1
          user:
            client-certificate-data: QUJD
            client-key-data: REVG
        - name: u2
          user: {tokenFile: /run/token, token: 0123}
        """;

    [Fact]
    public void Kubeconfig_gives_its_current_context()
    {
        var config = KubeConfig.FromYaml(Good, "/etc/kubernetes");
        Assert.Equal([new Uri("https://192.0.2.1:6443/prefix")], config.Servers);
        Assert.Equal("/etc/kubernetes/pki/ca.crt", config.CertificateAuthority!.Path);
        Assert.Equal("/run/token", config.Token!.Path);
        Assert.Equal("net", config.Namespace);
        Assert.Null(config.ClientCertificate);
        Assert.Null(config.TlsServerName);
    }

    [Fact]
    public void Kubeconfig_gives_the_context_that_is_asked_for()
    {
        var config = KubeConfig.FromYaml(Good, "/etc/kubernetes", "one");
        Assert.Equal("fd00::1", Assert.Single(config.Servers).IdnHost.Trim('[', ']'));
        Assert.Equal("kubernetes", config.TlsServerName);
        Assert.Equal("ABC", Encoding.UTF8.GetString(config.ClientCertificate!.Read()));
        Assert.Equal("DEF", Encoding.UTF8.GetString(config.ClientKey!.Read()));
        Assert.Equal("default", config.Namespace);
    }

    [Theory]
    [InlineData("tokenFile: /run/token, token: 0123", "token: 0123", "0123")]
    [InlineData("tokenFile: /run/token, token: 0123", "token: 'true'", "true")]
    [InlineData("tokenFile: /run/token, token: 0123", "token: \"a.b-c_d\"", "a.b-c_d")]
    public void Kubeconfig_reads_a_token_as_text(string old, string text, string token)
    {
        var config = KubeConfig.FromYaml(Good.Replace(old, text, StringComparison.Ordinal), "/");
        Assert.Equal(token, Encoding.UTF8.GetString(config.Token!.Read()));
    }

    [Fact]
    public void Kubeconfig_may_be_json()
    {
        var config = KubeConfig.FromYaml(
            """{"current-context":"a","contexts":[{"name":"a","context":{"cluster":"a"}}],"clusters":[{"name":"a","cluster":{"server":"http://127.0.0.1:8080"}}]}""", "/");
        Assert.Equal("http", Assert.Single(config.Servers).Scheme);
        Assert.Null(config.Token);
    }

    [Theory]
    [InlineData("current-context: two", "", "no current-context")]
    [InlineData("current-context: two", "current-context: three", "has no context 'three'")]
    [InlineData("cluster: c2", "cluster: c9", "has no cluster 'c9'")]
    [InlineData("cluster: c2", "namespace2: x", "names no cluster")]
    [InlineData("user: u2", "user: u9", "has no user 'u9'")]
    [InlineData("server: https://192.0.2.1:6443/prefix", "certificate: x", "has no server")]
    [InlineData("https://192.0.2.1:6443/prefix", "ftp://192.0.2.1", "not an API server address")]
    [InlineData("certificate-authority: pki/ca.crt", "certificate-authority-data: '*'", "not base64")]
    [InlineData("certificate-authority: pki/ca.crt", "insecure-skip-tls-verify: maybe", "write true or false")]
    [InlineData("certificate-authority: pki/ca.crt", "{certificate-authority: x, insecure-skip-tls-verify: true", "not valid YAML")]
    [InlineData("certificate-authority: pki/ca.crt", "proxy-url: http://proxy", "proxy-url is not supported")]
    [InlineData("tokenFile: /run/token, token: 0123", "exec: {command: aws}", "exec plug-ins are not run")]
    [InlineData("tokenFile: /run/token, token: 0123", "auth-provider: {name: gcp}", "auth-provider was removed")]
    [InlineData("tokenFile: /run/token, token: 0123", "username: a, password: b", "basic authentication was removed")]
    [InlineData("tokenFile: /run/token, token: 0123", "client-certificate: a", "belong together")]
    [InlineData("user: {tokenFile", "user: {{tokenFile", "not valid YAML")]
    [InlineData("kind: Config", "kind: Config\nkind: Config", "appears twice")]
    public void Kubeconfig_that_cannot_be_used_is_refused_with_its_cause(string old, string text, string cause)
    {
        var thrown = Assert.Throws<KubeConfigException>(() => KubeConfig.FromYaml(Good.Replace(old, text, StringComparison.Ordinal), "/"));
        Assert.Contains(cause, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a\n- b")]
    [InlineData("just text")]
    public void Kubeconfig_that_is_no_mapping_is_refused(string yaml) =>
        Assert.Contains("not a kubeconfig", Assert.Throws<KubeConfigException>(() => KubeConfig.FromYaml(yaml, "/")).Message, StringComparison.Ordinal);

    [Fact]
    public void Kubeconfig_that_is_damaged_anywhere_is_read_or_refused_but_never_crashes()
    {
        var random = new Random(20);
        const string Noise = "{}[]:,-&*!|>'\"%@`#\t\n ?~";
        for (var i = 0; i < 3000; i++)
        {
            var text = new StringBuilder(Good);
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                text[random.Next(text.Length)] = Noise[random.Next(Noise.Length)];
            }

            var thrown = Record.Exception(() => KubeConfig.FromYaml(text.ToString(), "/"));
            Assert.True(thrown is null or KubeConfigException, $"{thrown}\n{text}");
        }
    }

    [Fact]
    public void Kubeconfig_that_is_missing_is_named() => Assert.Contains(
        "/nonexistent/kubeconfig", Assert.Throws<KubeConfigException>(() => KubeConfig.FromFile("/nonexistent/kubeconfig")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("192.0.2.1", "https://192.0.2.1:6443/")]
    [InlineData("192.0.2.1:443", "https://192.0.2.1/")]
    [InlineData("fd00::1", "https://[fd00::1]:6443/")]
    [InlineData("[fd00::1]", "https://[fd00::1]:6443/")]
    [InlineData("[fd00::1]:8443", "https://[fd00::1]:8443/")]
    [InlineData("api.example", "https://api.example:6443/")]
    [InlineData("api.example:8443", "https://api.example:8443/")]
    [InlineData(" http://127.0.0.1:8080 ", "http://127.0.0.1:8080/")]
    public void Server_address_is_read_as_operators_write_it(string text, string uri) => Assert.Equal(uri, ServerAddress.Parse(text).AbsoluteUri);

    [Theory]
    [InlineData("")]
    [InlineData("https://")]
    [InlineData("host:port")]
    [InlineData("https://user@host:1")]
    [InlineData("https://host?x=1")]
    [InlineData("ftp://host")]
    public void Server_address_that_is_none_is_refused(string text) => Assert.Throws<KubeConfigException>(() => ServerAddress.Parse(text));

    [Fact]
    public void An_empty_list_of_servers_is_refused() =>
        Assert.Throws<KubeConfigException>(() => KubeConfig.FromYaml(Good, "/").WithServers([]));
}
