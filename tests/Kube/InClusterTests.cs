namespace Netweir.Kube.Tests;

public sealed class InClusterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("netweir-sa-").FullName;

    public InClusterTests() => File.WriteAllText(Path.Combine(_directory, "token"), "t\n");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("10.96.0.1", "443", "https://10.96.0.1/")]
    [InlineData("fd00:10:96::1", "443", "https://[fd00:10:96::1]/")]
    [InlineData("api.internal", "6443", "https://api.internal:6443/")]
    public void In_cluster_address_comes_from_the_environment(string host, string port, string uri)
    {
        var config = KubeConfig.InCluster(null, _directory, name => name.EndsWith("HOST", StringComparison.Ordinal) ? host : port);
        Assert.Equal(uri, Assert.Single(config.Servers).AbsoluteUri);
        Assert.Equal(Path.Combine(_directory, "token"), config.Token!.Path);
        Assert.Null(config.CertificateAuthority);
        Assert.Equal("default", config.Namespace);
    }

    [Fact]
    public void In_cluster_address_list_replaces_the_cluster_ip()
    {
        var config = KubeConfig.InCluster(["192.0.2.1", "192.0.2.2:8443"], _directory, _ => "10.96.0.1");
        Assert.Equal(["https://192.0.2.1:6443/", "https://192.0.2.2:8443/"], config.Servers.Select(s => s.AbsoluteUri));
    }

    [Fact]
    public void In_cluster_configuration_outside_a_pod_is_refused()
    {
        Assert.Contains("not in a pod", Assert.Throws<KubeConfigException>(() => KubeConfig.InCluster(null, "/nonexistent")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "KUBERNETES_SERVICE_HOST", Assert.Throws<KubeConfigException>(() => KubeConfig.InCluster(null, _directory, _ => null)).Message, StringComparison.Ordinal);
    }
}
