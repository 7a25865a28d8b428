namespace Netweir.Kube.Tests;

/// <summary>The API is found without a service and without configuration.</summary>
public sealed class KubeletKubeconfigTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_server_is_taken_even_where_the_users_credentials_are_of_no_use()
    {
        File.WriteAllText(_file, """
            apiVersion: v1
            kind: Config
            clusters:
            - {name: other, cluster: {server: "https://203.0.113.1:6443"}}
            - {name: ours, cluster: {server: "https://192.0.2.10:6443", certificate-authority: /no/such}}
            contexts:
            - {name: kubelet, context: {cluster: ours, user: kubelet}}
            current-context: kubelet
            users:
            - name: kubelet
              user: {exec: {command: aws-iam-authenticator}}
            """);

        Assert.Equal(["https://192.0.2.10:6443/"], KubeletKubeconfig.Servers(_file));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no: context")]
    [InlineData("{{{")]
    public void A_file_without_a_server_is_passed_over(string? text)
    {
        if (text is not null)
        {
            File.WriteAllText(_file, text);
        }

        Assert.Empty(KubeletKubeconfig.Servers(_file));
    }
}
