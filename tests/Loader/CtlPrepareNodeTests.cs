using Netweir.Ctl;
using Netweir.NodeState;

namespace Netweir.Loader.Tests;

/// <summary><c>ctl prepare-node</c> in directories of the test's own; their BPF root is not below /sys/fs/bpf, so nothing is mounted.</summary>
public sealed class CtlPrepareNodeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nw-prepare-").FullName;

    public CtlPrepareNodeTests()
    {
        Write("image/netweir-cni", "plugin 1");
        Write("image/ctl", "ctl 1");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Executables_are_installed_with_their_mode()
    {
        (int exit, string output, string error) = Run();

        Assert.Equal((0, ""), (exit, error));
        Assert.Equal("plugin 1", Read("node/opt/cni/bin/netweir-cni"));
        Assert.Equal("ctl 1", Read("node/opt/netweir/bin/ctl"));
        Assert.Equal("rwxr-xr-x", Mode("node/opt/cni/bin/netweir-cni"));
        Assert.Contains("netweir-cni: installed", output, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(_directory, "node/opt/cni/bin")));
    }

    [Fact]
    public void Second_run_changes_nothing()
    {
        Run();
        DateTime written = File.GetLastWriteTimeUtc(InDirectory("node/opt/cni/bin/netweir-cni"));

        (int exit, string output, _) = Run();

        Assert.Equal(0, exit);
        Assert.Contains("netweir-cni: unchanged", output, StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(InDirectory("node/opt/cni/bin/netweir-cni")));
    }

    [Fact]
    public void Upgrade_leaves_the_old_file_to_those_who_run_it()
    {
        Run();
        using var running = new StreamReader(InDirectory("node/opt/cni/bin/netweir-cni"));
        Write("image/netweir-cni", "plugin 2");
        Write("node/opt/cni/bin/.netweir-cni.new", "half of what an interrupted one wro");

        Assert.Equal(0, Run().Exit);

        Assert.Equal("plugin 1", running.ReadToEnd());
        Assert.Equal("plugin 2", Read("node/opt/cni/bin/netweir-cni"));
        Assert.False(File.Exists(InDirectory("node/opt/cni/bin/.netweir-cni.new")));
    }

    [Fact]
    public void Mode_that_somebody_changed_is_put_back()
    {
        Run();
        File.SetUnixFileMode(InDirectory("node/opt/netweir/bin/ctl"), UnixFileMode.UserRead);

        Run();

        Assert.Equal("rwxr-xr-x", Mode("node/opt/netweir/bin/ctl"));
    }

    [Fact]
    public void Server_of_the_kubelet_is_noted_without_its_credentials()
    {
        WriteKubeconfig();

        (int exit, string output, _) = Run();

        Assert.Equal(0, exit);
        Assert.Contains("https://192.0.2.10:6443/, from ", output, StringComparison.Ordinal);
        Assert.Equal(new Uri("https://192.0.2.10:6443"), Kube.KubeConfig.ServerOf(InDirectory("run/kubelet.kubeconfig")));
        Assert.DoesNotContain("do-not-copy-this", Read("run/kubelet.kubeconfig"), StringComparison.Ordinal);
        Assert.Equal("rw-------", Mode("run/kubelet.kubeconfig"));
    }

    [Fact]
    public void Node_without_a_kubeconfig_that_names_a_server_is_told_what_to_do()
    {
        Write("node/etc/kubernetes/kubelet.conf", "not: a kubeconfig");

        (int exit, string output, _) = Run();

        Assert.Equal(0, exit);
        Assert.Contains("give the agent --api-server", output, StringComparison.Ordinal);
        Assert.False(File.Exists(InDirectory("run/kubelet.kubeconfig")));
    }

    [Fact]
    public void Ledger_has_all_that_was_made()
    {
        WriteKubeconfig();
        Directory.CreateDirectory(InDirectory("node/opt/cni"));

        Run();
        Run();

        string[] made = [.. new Ledger(InDirectory("state")).Read().Select(e => $"{e.Kind} {Path.GetRelativePath(_directory, e.Name)}")];
        Assert.Equal(
            [
                "directory state", "file node/opt/cni/bin/netweir-cni", "directory node/opt/cni/bin", "file node/opt/netweir/bin/ctl", "directory node/opt/netweir",
                "directory node/opt/netweir/bin", "directory run",
            ],
            made);
    }

    [Fact]
    public void Full_disk_keeps_nobody_from_preparing()
    {
        // A file where the state directory would be: the ledger cannot be written.
        Write("state", "");

        (int exit, string output, _) = Run();

        Assert.Equal(0, exit);
        Assert.Equal("plugin 1", Read("node/opt/cni/bin/netweir-cni"));
        Assert.Contains("state/ledger cannot be written: ", output, StringComparison.Ordinal);
        Assert.Contains("will not be undone by 'ctl uninstall'", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_that_cannot_be_written_is_named()
    {
        Write("node/opt/cni", "a file is in the way");

        (int exit, _, string error) = Run();

        Assert.Equal(2, exit);
        Assert.Contains($"cannot copy {InDirectory("image/netweir-cni")} to {InDirectory("node/opt/cni/bin/netweir-cni")}", error, StringComparison.Ordinal);
    }

    private void WriteKubeconfig() => Write("node/etc/kubernetes/kubelet.conf", """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://192.0.2.10:6443"}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        users: [{name: u, user: {token: do-not-copy-this}}]
        """);

    private (int Exit, string Output, string Error) Run()
    {
        using StringWriter output = new(), error = new();
        int exit = CtlCommand.Run(
            [
                "prepare-node", "--from", InDirectory("image"), "--cni-bin-dir", InDirectory("node/opt/cni/bin"), "--bin-dir", InDirectory("node/opt/netweir/bin"),
                "--host-root", InDirectory("node"), "--run-dir", InDirectory("run"), "--state-dir", InDirectory("state"), "--bpf-root", InDirectory("bpf"),
            ],
            output,
            error);
        return (exit, output.ToString(), error.ToString());
    }

    private string InDirectory(string path) => Path.Combine(_directory, path);

    private string Read(string path) => File.ReadAllText(InDirectory(path));

    private void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InDirectory(path))!);
        File.WriteAllText(InDirectory(path), content);
    }

    /// <summary>As ls shows it.</summary>
    private string Mode(string path)
    {
        int mode = (int)File.GetUnixFileMode(InDirectory(path));
        return string.Concat(Enumerable.Range(0, 9).Select(bit => (mode >> (8 - bit) & 1) != 0 ? "rwx"[bit % 3] : '-'));
    }
}
