using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Netweir.Ctl;
using Netweir.Maps;

namespace Netweir.Loader.Tests;

/// <summary><c>ctl bugtool</c> on a node with a datapath, and with secrets in every place where there could be some.</summary>
public sealed class CtlBugtoolTests : IDisposable
{
    private const string WebToken = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YSJ9.c2lnbmF0dXJlLXRoYXQtaXMtc2VjcmV0";
    private const string OpaqueToken = "plain-opaque-token-4711";
    private const string BootstrapToken = "abcdef.0123456789abcdef";
    private const string KeyBody = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7";
    private static readonly string s_key = $"-----BEGIN PRIVATE KEY-----\n{KeyBody}\n-----END PRIVATE KEY-----";
    private static readonly string s_encodedKey = Convert.ToBase64String(Encoding.ASCII.GetBytes(s_key));
    private readonly BpfRoot _root = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("nw-bugtool-").FullName;

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string Archive => Path.Combine(_directory, "report.tar.gz");

    [Fact]
    public void Archive_has_what_a_report_needs_and_says_what_it_lacks()
    {
        using LoadedObject loaded = Load();
        using NetweirMaps maps = NetweirMaps.OpenPinned(_root.Root);
        maps.Nodes.Update(Address.Parse("192.168.0.1"), new Node { Name = FixedString256.From("node-a") });
        Write("run/node.json", """{"nodeName":"own","podCIDRs":["10.244.0.0/24"],"mtu":1450}""");
        Write("net.d/05-netweir.conflist", """{"plugins": [{"type": "netweir-cni"}]}""");
        Write("state/ledger/0001.json", """{"kind": "link"}""");
        Write("var/log/pods/kube-system_netweir-abcde_uid/agent/0.log", "the agent said this\n");

        (int exit, string output, string error) = Run();

        Assert.Equal((0, Archive + "\n"), (exit, output));
        Dictionary<string, string> files = Read();
        Assert.Contains("192.168.0.1", files["datapath/maps/nodes.txt"], StringComparison.Ordinal);
        Assert.Matches("^verdict +degraded", files["status.txt"]);
        Assert.StartsWith("verdict", files["preflight.txt"], StringComparison.Ordinal);
        Assert.Contains("nw_conntrack", files["datapath/maps.txt"], StringComparison.Ordinal);
        Assert.Matches(@"\n1 +lo ", files["network/links.txt"]);
        Assert.Contains("127.0.0.1", files["network/addresses.txt"], StringComparison.Ordinal);
        Assert.Contains("net/ipv4/conf/all/rp_filter = ", files["network/settings.txt"], StringComparison.Ordinal);
        Assert.Contains("netweir-cni", files["node/05-netweir.conflist"], StringComparison.Ordinal);
        Assert.Contains("10.244.0.0/24", files["node/node.json"], StringComparison.Ordinal);
        Assert.Contains("link", files["state/ledger/0001.json"], StringComparison.Ordinal);
        Assert.Equal("the agent said this\n", files["logs/kube-system_netweir-abcde_uid/agent/0.log"]);
        Assert.Contains("agent/metrics.txt: not collected: nothing answers at 127.0.0.1:1: ", files["contents.txt"], StringComparison.Ordinal);
        Assert.Contains("datapath/maps/nodes.txt: ", error, StringComparison.Ordinal);
        Assert.All(files.Keys.Where(f => f != "contents.txt"), f => Assert.Contains($"\n{f}: {Encoding.UTF8.GetByteCount(files[f])} bytes\n", files["contents.txt"], StringComparison.Ordinal));
    }

    [Fact]
    public void Secrets_stay_where_they_are()
    {
        string kubeconfig = $"token: {OpaqueToken}\nclient-key-data: {s_encodedKey}\nuser-token: {WebToken}\n";
        Write("etc/kubernetes/kubelet.conf", kubeconfig);
        Write("run/kubelet.kubeconfig", kubeconfig);
        Write("state/kubeconfig", kubeconfig);
        Write("state/endpoints/record.json", $$"""{"name": "kept-record", "token": "{{OpaqueToken}}", "key": "{{s_key.ReplaceLineEndings("\\n")}}", "more": "{{WebToken}}", "last": "kept-end"}""");
        Write("state/client.key", s_key);
        Write("net.d/10-calico.conflist", $$"""{"plugins": [{"type": "calico", "policy": {"k8s_auth_token": "{{OpaqueToken}}" } }]}""");
        Write("net.d/05-netweir.conflist", $$"""{"plugins": [{"type": "netweir-cni", "password": "{{OpaqueToken}}"}]}""");
        Write("run/node.json", $$"""{"nodeName": "own", "secret": "{{OpaqueToken}}"}""");
        Write(
            "var/log/pods/kube-system_netweir-abcde_uid/agent/0.log",
            $"kept-before\nAuthorization: Bearer {OpaqueToken}\nbearer {OpaqueToken}\n{WebToken}\njoin --token {BootstrapToken}\n{s_encodedKey}\n{s_key}\nkept-after\n");

        Assert.Equal(0, Run().Exit);

        Dictionary<string, string> files = Read();
        foreach (string secret in new[] { WebToken, OpaqueToken, BootstrapToken, KeyBody, s_encodedKey, "c2lnbmF0dXJl" })
        {
            Assert.All(files, f => Assert.DoesNotContain(secret, f.Key + f.Value, StringComparison.Ordinal));
        }

        string log = files["logs/kube-system_netweir-abcde_uid/agent/0.log"];
        Assert.StartsWith("kept-before\n", log, StringComparison.Ordinal);
        Assert.EndsWith("[redacted]\nkept-after\n", log, StringComparison.Ordinal);
        Assert.Contains("kept-record", files["state/endpoints/record.json"], StringComparison.Ordinal);
        Assert.Contains("kept-end", files["state/endpoints/record.json"], StringComparison.Ordinal);
        Assert.DoesNotContain(files.Keys, f => f.Contains("kubeconfig", StringComparison.Ordinal) || f.Contains("client.key", StringComparison.Ordinal) || f.Contains("calico", StringComparison.Ordinal));
    }

    [Fact]
    public void Archive_is_its_owners_alone_and_whole()
    {
        File.WriteAllText(Archive, "an older one, that everybody may read");
        File.SetUnixFileMode(Archive, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Assert.Equal(0, Run().Exit);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Archive));
        Assert.NotEmpty(Read());
        Assert.Equal([Archive], Directory.GetFiles(_directory));
    }

    [Fact]
    public void Place_that_cannot_be_written_is_named()
    {
        (int exit, _, string error) = Run("-f", Path.Combine(_directory, "none", "report.tar.gz"));

        Assert.Equal(2, exit);
        Assert.Contains($"error: cannot write {_directory}/none/report.tar.gz: ", error, StringComparison.Ordinal);
        Assert.Contains("choose another place with -f FILE", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("its end is cut -----BEGIN RSA PRIVATE KEY-----\nMIIE", "its end is cut [redacted]")]
    [InlineData("netweir_drops_total{reason=\"no_token\"} 5", "netweir_drops_total{reason=\"no_token\"} 5")]
    [InlineData("10.0.0.1 02:6e:77:00:00:01 10.244.0.0/24", "10.0.0.1 02:6e:77:00:00:01 10.244.0.0/24")]
    public void Redaction_leaves_what_is_no_secret(string text, string clean) => Assert.Equal(clean, Redactor.Clean(text));

    private LoadedObject Load()
    {
        using OpenObject open = OpenObject.FromFile(Path.Combine(RepositoryRoot(), "artifacts", "bpf", "netweir.bpf.o"));
        return open.PinMaps(_root.Root).Load();
    }

    private static string RepositoryRoot([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    private void Write(string path, string content)
    {
        string full = Path.Combine(_directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    /// <summary>Path below the archive's only directory -> content.</summary>
    private Dictionary<string, string> Read()
    {
        Dictionary<string, string> files = [];
        using var tar = new TarReader(new GZipStream(File.OpenRead(Archive), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            Assert.StartsWith("netweir-bugtool-", entry.Name, StringComparison.Ordinal);
            using var reader = new StreamReader(entry.DataStream ?? Stream.Null, Encoding.UTF8);
            files.Add(entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..], reader.ReadToEnd());
        }

        return files;
    }

    private (int Exit, string Output, string Error) Run(params string[] more)
    {
        using StringWriter output = new(), error = new();
        int exit = CtlCommand.Run(
            [
                "bugtool", .. more.Length > 0 ? more : ["-f", Archive], "--agent", "127.0.0.1:1", "--host-root", _directory, "--cni-conf-dir", Path.Combine(_directory, "net.d"),
                "--bpf-root", _root.Root, "--state-dir", Path.Combine(_directory, "state"), "--run-dir", Path.Combine(_directory, "run"),
            ],
            output,
            error);
        return (exit, output.ToString(), error.ToString());
    }
}
