namespace Netweir.Cni.Tests;

public sealed class FileModeTests : IDisposable
{
    private const UnixFileMode Others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void What_the_plugin_writes_is_roots_alone()
    {
        using PluginProcess add = PluginProcess.Start(_node, "ADD", "c1", _node.NewPod(), _node.Config());
        PluginResult result = add.Result(TimeSpan.FromSeconds(30));
        Assert.True(result.ExitCode == 0, result.Text + result.Log);

        string[] written = [_node.StateDir, .. Directory.GetFileSystemEntries(_node.StateDir, "*", SearchOption.AllDirectories)];
        Assert.Contains(written, p => p.EndsWith(".json", StringComparison.Ordinal));
        Assert.All(written, path => Assert.True((File.GetUnixFileMode(path) & Others) == 0, $"{path} is open to others: {File.GetUnixFileMode(path)}"));

        using PluginProcess del = PluginProcess.Start(_node, "DEL", "c1", null, _node.Config());
        Assert.Equal(0, del.Result(TimeSpan.FromSeconds(30)).ExitCode);
    }
}
