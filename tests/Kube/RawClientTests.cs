using System.Net;
using System.Net.Sockets;
using Netweir.Support.ApiServer;

namespace Netweir.Kube.Tests;

public sealed class RawClientTests
{
    [Fact]
    public async Task Client_reads_a_long_list_in_pages()
    {
        await using var cluster = new TestCluster();
        for (var i = 0; i < 1203; i++)
        {
            cluster.ApplyService($"s{i}");
        }

        var list = await cluster.Client().ListAsync(KubeResources.Services, KubeQuery.All, cluster.Token);
        Assert.Equal(1203, list.Items.Select(s => s.Metadata.Name).Distinct().Count());
        Assert.Equal(3, cluster.Count("list"));
        Assert.All(cluster.Server.Requests, r => Assert.Equal("500", r.Query("limit")));
        Assert.Equal(["", "x", "x"], cluster.Server.Requests.Select(r => r.Query("continue").Length > 0 ? "x" : ""));
        Assert.Equal(cluster.Server.Store.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), list.ResourceVersion);
    }

    [Fact]
    public async Task Client_reads_the_list_at_once_when_its_continue_token_expires()
    {
        await using var cluster = new TestCluster();
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
        {
            cluster.ApplyService(name);
        }

        cluster.Server.Faults.Next(1, Fault.None, "list");
        cluster.Server.Faults.Next(1, Fault.Gone, "list");
        var client = cluster.Client(options: cluster.Options with { PageSize = 2 });
        var list = await client.ListAsync(KubeResources.Services, KubeQuery.All, cluster.Token);
        Assert.Equal(["a", "b", "c", "d", "e"], list.Items.Select(s => s.Metadata.Name));
        Assert.Equal(["2", "2", ""], cluster.Server.Requests.Select(r => r.Query("limit")));
    }

    [Fact]
    public async Task Client_repeats_a_page_after_the_time_that_a_busy_server_asks_for()
    {
        await using var cluster = new TestCluster();
        cluster.ApplyService("a");
        cluster.Server.Faults.Next(1, Fault.TooManyRequests, "list");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var list = await cluster.Client().ListAsync(KubeResources.Services, KubeQuery.All, cluster.Token);
        Assert.Single(list.Items);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.95), TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task Client_sends_selectors()
    {
        await using var cluster = new TestCluster();
        cluster.Server.Apply("""
            {apiVersion: v1, kind: Pod, metadata: {name: here, namespace: x, labels: {app: web}}, spec: {nodeName: n1}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: there, namespace: x, labels: {app: web}}, spec: {nodeName: n2}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: other, namespace: y, labels: {app: db}}, spec: {nodeName: n1}}
            """);
        var client = cluster.Client();
        async Task<string> Names(KubeQuery query) =>
            string.Join(' ', (await client.ListAsync(KubeResources.Pods, query, cluster.Token)).Items.Select(p => p.Metadata.Name));
        Assert.Equal("here other", await Names(new KubeQuery { FieldSelector = "spec.nodeName=n1" }));
        Assert.Equal("here there", await Names(new KubeQuery { LabelSelector = "app=web" }));
        Assert.Equal("here", await Names(new KubeQuery { LabelSelector = "app=web", FieldSelector = "spec.nodeName=n1" }));
        Assert.Equal("other", await Names(new KubeQuery { Namespace = "y" }));
        Assert.Equal("", await Names(new KubeQuery { LabelSelector = "!app" }));
    }

    [Fact]
    public async Task Server_leaves_headless_services_out_for_kube_proxy()
    {
        await using var cluster = new TestCluster();
        cluster.Server.Apply("""
            {apiVersion: v1, kind: Service, metadata: {name: headless}, spec: {clusterIP: None}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {clusterIP: 10.96.0.7}}
            """);
        var list = await cluster.Client().ListAsync(KubeResources.Services, new KubeQuery { FieldSelector = "spec.clusterIP!=None" }, cluster.Token);
        Assert.Equal(["web"], list.Items.Select(s => s.Metadata.Name));
    }

    [Fact]
    public async Task Client_gets_one_object_and_plain_text()
    {
        await using var cluster = new TestCluster();
        cluster.ApplyService("a");
        var client = cluster.Client();
        Assert.Equal("a", (await client.GetAsync(KubeResources.Services, "default", "a", cluster.Token)).Metadata.Name);
        Assert.Equal("ok", await client.GetTextAsync("/healthz", cluster.Token));
        var missing = await Assert.ThrowsAsync<KubeException>(() => client.GetAsync(KubeResources.Services, "default", "b", cluster.Token));
        Assert.Equal((KubeErrorReason.NotFound, 404, "NotFound"), (missing.Reason, missing.StatusCode, missing.StatusReason));
        Assert.Contains("default/b", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Fault.InternalError, KubeErrorReason.ServerError, 500)]
    [InlineData(Fault.Forbidden, KubeErrorReason.Forbidden, 403)]
    [InlineData(Fault.Gone, KubeErrorReason.Gone, 410)]
    [InlineData(Fault.Garbage, KubeErrorReason.InvalidResponse, 0)]
    [InlineData(Fault.Truncated, KubeErrorReason.InvalidResponse, 0)]
    [InlineData(Fault.Abort, KubeErrorReason.Unreachable, 0)]
    [InlineData(Fault.Stall, KubeErrorReason.Timeout, 0)]
    [InlineData(Fault.VersionTooLarge, KubeErrorReason.ResourceVersionTooLarge, 504)]
    public async Task Client_types_its_errors(Fault fault, KubeErrorReason reason, int code)
    {
        await using var cluster = new TestCluster();
        cluster.Server.Faults.Next(1, fault);
        var client = cluster.Client(options: cluster.Options with { RequestTimeout = TimeSpan.FromSeconds(fault == Fault.Stall ? 0.3 : 5) });
        var thrown = await Assert.ThrowsAsync<KubeException>(() => client.ListAsync(KubeResources.Services, KubeQuery.All, cluster.Token));
        Assert.Equal((reason, code), (thrown.Reason, thrown.StatusCode));
        Assert.StartsWith("list services", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_tells_a_resource_that_the_server_does_not_know()
    {
        await using var cluster = new TestCluster();
        cluster.Server.Faults.SetAbsent("servicecidrs");
        var thrown = await Assert.ThrowsAsync<KubeException>(
            () => cluster.Client().ListAsync(KubeResources.ServiceCidrs, KubeQuery.All, cluster.Token));
        Assert.Equal(KubeErrorReason.ResourceAbsent, thrown.Reason);
    }

    [Fact]
    public async Task Client_says_that_nobody_listens()
    {
        await using var cluster = new TestCluster();
        var config = cluster.Config().WithServers([$"https://{Unused()}"]);
        var thrown = await Assert.ThrowsAsync<KubeException>(() => cluster.Client(config).GetTextAsync("/healthz", cluster.Token));
        Assert.Equal(KubeErrorReason.Unreachable, thrown.Reason);
    }

    [Fact]
    public async Task Client_refuses_a_server_of_another_authority_unless_told_otherwise()
    {
        await using var cluster = new TestCluster();
        var config = cluster.Config();
        cluster.Server.ReplaceServerAuthority();
        var thrown = await Assert.ThrowsAsync<KubeException>(() => cluster.Client(config).GetTextAsync("/healthz", cluster.Token));
        Assert.Equal(KubeErrorReason.Tls, thrown.Reason);
        Assert.Contains("certificate-authority", thrown.Message, StringComparison.Ordinal);
        var trusting = KubeConfig.FromYaml(Untrusting(cluster), cluster.Directory);
        Assert.Equal("ok", await cluster.Client(trusting).GetTextAsync("/healthz", cluster.Token));
    }

    [Fact]
    public async Task Client_checks_the_name_in_the_certificate()
    {
        await using var cluster = new TestCluster(new TestApiServerOptions { EndPoint = new IPEndPoint(IPAddress.Parse("127.0.0.7"), 0) });
        var config = cluster.Config();
        Assert.Equal("ok", await cluster.Client(config).GetTextAsync("/healthz", cluster.Token));
        Assert.Equal("ok", await cluster.Client(config with { TlsServerName = "kubernetes.default.svc" }).GetTextAsync("/healthz", cluster.Token));
        var thrown = await Assert.ThrowsAsync<KubeException>(
            () => cluster.Client(config with { TlsServerName = "elsewhere.example" }).GetTextAsync("/healthz", cluster.Token));
        Assert.Equal(KubeErrorReason.Tls, thrown.Reason);
    }

    [Theory]
    [InlineData("1.1", false)]
    [InlineData("2.0", false)]
    [InlineData("2.0", true)]
    public async Task Client_speaks_http_1_and_2_and_plain_http(string version, bool plain)
    {
        await using var cluster = new TestCluster(new TestApiServerOptions { PlainHttp = plain });
        cluster.ApplyService("a");
        var (_, sink) = cluster.RunServices(cluster.Client(options: cluster.Options with { HttpVersion = Version.Parse(version) }));
        await Eventually.Holds(() => cluster.Server.ActiveWatches == 1);
        cluster.ApplyService("b");
        await Eventually.Holds(() => sink.State.Count == 2);
    }

    [Fact]
    public async Task Client_reaches_an_ipv6_server()
    {
        await using var cluster = new TestCluster(new TestApiServerOptions { EndPoint = new IPEndPoint(IPAddress.IPv6Loopback, 0) });
        Assert.Contains("v1.36", await cluster.Client().GetTextAsync("/version", cluster.Token), StringComparison.Ordinal);
    }

    private static string Untrusting(TestCluster cluster) => string.Join('\n', File.ReadAllLines(cluster.KubeConfigPath)
        .Select(l => l.Contains("certificate-authority-data", StringComparison.Ordinal) ? "    insecure-skip-tls-verify: true" : l));

    private static IPEndPoint Unused()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(TestCluster.Apart);
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
