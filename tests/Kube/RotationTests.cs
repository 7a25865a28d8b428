using Netweir.Support.ApiServer;

namespace Netweir.Kube.Tests;

public sealed class RotationTests
{
    [Fact]
    public async Task Informer_takes_up_a_token_that_was_replaced()
    {
        await using var cluster = new TestCluster();
        var (_, sink) = cluster.RunServices(cluster.Client(cluster.Config(KubeConfigAuth.TokenFile)));
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);

        cluster.Server.ReplaceToken("second");
        cluster.Server.Faults.DropWatches();
        await Eventually.Holds(() => cluster.Incidents.Any(i => i.Reason == nameof(KubeErrorReason.Unauthorized)));
        cluster.Server.WriteKubeConfig(cluster.KubeConfigPath, KubeConfigAuth.TokenFile);
        cluster.ApplyService("a");
        await Eventually.Holds(() => sink.State.ContainsKey("a"));
        Assert.Equal(["replaced 0", "upserted a"], sink.Calls);
    }

    [Fact]
    public async Task Informer_takes_up_a_token_inside_a_rewritten_kubeconfig()
    {
        await using var cluster = new TestCluster();
        var (_, sink) = cluster.RunServices(cluster.Client(cluster.Config()));
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);
        cluster.Server.ReplaceToken("second");
        cluster.Server.WriteKubeConfig(cluster.KubeConfigPath);
        cluster.Server.Faults.DropWatches();
        cluster.ApplyService("a");
        await Eventually.Holds(() => sink.State.ContainsKey("a"));
        Assert.DoesNotContain(cluster.Incidents, i => i.Reason == nameof(KubeErrorReason.Unauthorized));
    }

    [Theory]
    [InlineData(KubeConfigAuth.ClientCertificate)]
    [InlineData(KubeConfigAuth.ClientCertificateFile)]
    public async Task Informer_takes_up_a_client_certificate_that_was_replaced(KubeConfigAuth auth)
    {
        await using var cluster = new TestCluster();
        var (_, sink) = cluster.RunServices(cluster.Client(cluster.Config(auth)));
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);

        cluster.Server.ReplaceClientAuthority();
        cluster.Server.Faults.DropWatches();
        await Eventually.Holds(() => cluster.Incidents.Any(i => i.Reason == nameof(KubeErrorReason.Unauthorized)));
        cluster.Server.WriteKubeConfig(cluster.KubeConfigPath, auth);
        cluster.ApplyService("a");
        await Eventually.Holds(() => sink.State.ContainsKey("a"));
        Assert.Equal(1, cluster.Count("list"));
    }

    [Fact]
    public async Task A_new_client_certificate_does_not_break_a_running_watch()
    {
        await using var cluster = new TestCluster();
        var client = cluster.Client(cluster.Config(KubeConfigAuth.ClientCertificateFile));
        var (_, sink) = cluster.RunServices(client);
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);
        cluster.Server.WriteKubeConfig(cluster.KubeConfigPath, KubeConfigAuth.ClientCertificateFile);
        Assert.Equal("ok", await client.GetTextAsync("/healthz", cluster.Token));
        cluster.ApplyService("a");
        await Eventually.Holds(() => sink.State.ContainsKey("a"));
        Assert.Equal(1, cluster.Count("watch"));
        Assert.Empty(cluster.Incidents);
    }

    [Fact]
    public async Task Client_keeps_its_certificate_while_a_new_one_is_half_written()
    {
        await using var cluster = new TestCluster();
        var client = cluster.Client(cluster.Config(KubeConfigAuth.ClientCertificateFile));
        Assert.Equal("ok", await client.GetTextAsync("/healthz", cluster.Token));
        var file = cluster.KubeConfigPath + ".pem";
        var pem = await File.ReadAllTextAsync(file);

        await File.WriteAllTextAsync(file, pem[..(pem.Length / 2)]);
        Assert.Equal("ok", await client.GetTextAsync("/healthz", cluster.Token));
        Assert.Equal("ok", await client.GetTextAsync("/healthz", cluster.Token));
        Assert.Equal("Credentials", Assert.Single(cluster.Incidents).Reason);
    }

    [Fact]
    public async Task Client_follows_a_new_server_certificate_and_a_new_authority()
    {
        await using var cluster = new TestCluster();
        var directory = Path.Combine(cluster.Directory, "serviceaccount");
        cluster.Server.WriteServiceAccount(directory, "kube-system");
        var config = KubeConfig.InCluster([cluster.Server.Address.AbsoluteUri], directory);
        Assert.Equal("kube-system", config.Namespace);
        var client = cluster.Client(config);
        Assert.Equal("ok", await client.GetTextAsync("/healthz", cluster.Token));

        cluster.Server.ReplaceServerCertificate();
        Assert.Equal("ok", await cluster.Client(config).GetTextAsync("/healthz", cluster.Token));

        cluster.Server.ReplaceServerAuthority();
        var thrown = await Assert.ThrowsAsync<KubeException>(() => cluster.Client(config).GetTextAsync("/healthz", cluster.Token));
        Assert.Equal(KubeErrorReason.Tls, thrown.Reason);
        cluster.Server.WriteServiceAccount(directory, "kube-system");
        Assert.Equal("ok", await client.GetTextAsync("/healthz", cluster.Token));
    }

    [Fact]
    public async Task Client_keeps_its_token_while_the_file_has_none_that_could_be_sent()
    {
        await using var cluster = new TestCluster();
        var client = cluster.Client(cluster.Config(KubeConfigAuth.TokenFile));
        Assert.Equal("ok", await client.GetTextAsync("/healthz", cluster.Token));

        await File.WriteAllTextAsync(cluster.KubeConfigPath + ".token", "two\nlines\n");
        Assert.Equal("ok", await client.GetTextAsync("/healthz", cluster.Token));
        Assert.Equal("Credentials", Assert.Single(cluster.Incidents).Reason);
    }

    [Fact]
    public async Task Client_says_which_credential_it_cannot_read()
    {
        await using var cluster = new TestCluster();
        var config = cluster.Config(KubeConfigAuth.TokenFile);
        File.Delete(cluster.KubeConfigPath + ".token");
        var client = cluster.Client(config);
        var thrown = await Assert.ThrowsAsync<KubeException>(() => client.GetTextAsync("/healthz", cluster.Token));
        Assert.Equal(KubeErrorReason.Credentials, thrown.Reason);
        Assert.Contains(cluster.KubeConfigPath + ".token", thrown.Message, StringComparison.Ordinal);

        cluster.Server.WriteKubeConfig(cluster.KubeConfigPath, KubeConfigAuth.TokenFile);
        Assert.Equal("ok", await client.GetTextAsync("/healthz", cluster.Token));
    }
}
