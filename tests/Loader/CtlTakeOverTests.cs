using Netweir.Ctl;
using Netweir.Netlink;

namespace Netweir.Loader.Tests;

/// <summary><c>ctl take-over</c> in a network namespace of the test's own.</summary>
public sealed class CtlTakeOverTests : IDisposable
{
    private readonly string _name = $"nwt-{Guid.NewGuid():N}"[..16];
    private readonly string _directory = Directory.CreateTempSubdirectory("nw-takeover-").FullName;
    private readonly NetworkNamespace _namespace;
    private readonly NfTablesRuleset _ruleset;

    public CtlTakeOverTests()
    {
        _namespace = NetworkNamespace.Create(_name);
        _ruleset = NfTablesRuleset.Open(_namespace);
        Directory.CreateDirectory(Path.Combine(_directory, "proc", "1"));
        Directory.CreateDirectory(ConfDir);
        File.WriteAllText(Path.Combine(ConfDir, "05-netweir.conflist"), """{"plugins": [{"type": "netweir-cni"}]}""");
        File.WriteAllText(Path.Combine(ConfDir, "10-flannel.conflist"), """{"plugins": [{"type": "flannel"}]}""");
        Ip("link", "add", "cni0", "type", "bridge");
    }

    private string ConfDir => Path.Combine(_directory, "net.d");

    public void Dispose()
    {
        _ruleset.Dispose();
        _namespace.Dispose();
        NetworkNamespace.Delete(_name);
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Dry_run_says_what_would_be_done_and_does_nothing()
    {
        KubeProxy();

        (int exit, string output, string error) = Run("take-over", "--dry-run");

        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(
            $"would rename {ConfDir}/10-flannel.conflist to {ConfDir}/10-flannel.conflist.netweir-moved\n"
            + "would remove kube-proxy's rules: table ip kube-proxy\nwould delete device cni0\n",
            output);
        Assert.Single(_ruleset.Tables());
        Assert.True(File.Exists(Path.Combine(ConfDir, "10-flannel.conflist")));
        Assert.True(HasBridge());
    }

    [Fact]
    public void Take_over_says_what_it_did()
    {
        KubeProxy();

        (int exit, string output, _) = Run("take-over");

        Assert.Equal(0, exit);
        Assert.Equal(
            $"{ConfDir}/10-flannel.conflist: renamed to 10-flannel.conflist.netweir-moved\nnftables table ip kube-proxy: deleted\ncni0: deleted\n", output);
        Assert.Empty(_ruleset.Tables());
        Assert.False(HasBridge());
        Assert.Equal((0, "there is nothing to take over\n", ""), Run("take-over"));
    }

    [Fact]
    public void Refusal_does_nothing_and_shows_in_the_exit_code()
    {
        KubeProxy();
        Directory.CreateDirectory(Path.Combine(_directory, "proc", "77"));
        File.WriteAllText(Path.Combine(_directory, "proc", "77", "comm"), "kube-proxy\n");

        (int exit, string output, _) = Run("take-over");

        Assert.Equal(1, exit);
        Assert.StartsWith("refused: kube-proxy still runs on this node (process 77)", output, StringComparison.Ordinal);
        Assert.Single(_ruleset.Tables());
        Assert.True(HasBridge());
    }

    [Theory]
    [InlineData("--take-over=true", 0)]
    [InlineData("--take-over=false", 1)]
    public void Prepare_node_takes_over_only_when_it_is_told_to(string flag, int left)
    {
        KubeProxy();
        string image = Path.Combine(_directory, "image");
        Directory.CreateDirectory(image);
        File.WriteAllText(Path.Combine(image, "netweir-cni"), "");
        File.WriteAllText(Path.Combine(image, "ctl"), "");
        File.Delete(Path.Combine(ConfDir, "05-netweir.conflist"));

        (int exit, _, string error) = Run(
            "prepare-node", flag, "--from", image, "--cni-bin-dir", Path.Combine(_directory, "cni"), "--bin-dir", Path.Combine(_directory, "bin"), "--run-dir", _directory);

        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(left, _ruleset.Tables().Count);
    }

    private void KubeProxy() => Start("nft", "add table ip kube-proxy; add chain ip kube-proxy services");

    private bool HasBridge() => _namespace.Run(() =>
    {
        using var netlink = Rtnetlink.Open();
        return netlink.Links.Find("cni0") is not null;
    });

    private void Ip(params string[] arguments) => Start("ip", arguments);

    private void Start(string program, params string[] arguments)
    {
        using System.Diagnostics.Process process = _namespace.Run(() => System.Diagnostics.Process.Start(program, arguments));
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private (int Exit, string Output, string Error) Run(params string[] command) => _namespace.Run(() =>
    {
        using StringWriter output = new(), error = new();
        int exit = CtlCommand.Run([.. command, "--host-root", _directory, "--cni-conf-dir", ConfDir, "--bpf-root", Path.Combine(_directory, "bpf"), "--state-dir", Path.Combine(_directory, "state")], output, error);
        return (exit, output.ToString(), error.ToString());
    });
}
