namespace Netweir.Controller.Tests;

public sealed class PreflightTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nw-agent-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("CapEff:\t000001ffffffffff", null)]
    [InlineData("CapEff:\t0000008000001000", null)]
    [InlineData("CapEff:\t0000000000201000", null)]
    [InlineData("CapEff:\t0000008000000000", "CAP_NET_ADMIN missing")]
    [InlineData("CapEff:\t0000000000000000", "CAP_NET_ADMIN and CAP_BPF missing")]
    public void Missing_capabilities_are_named(string line, string? expected)
    {
        var missing = Capabilities.Missing(["Name:\tx", line]);

        Assert.Equal(expected, missing?[..missing.IndexOf(':', StringComparison.Ordinal)]);
    }

    [Fact]
    public void A_second_instance_is_refused_and_told_who_runs()
    {
        using var first = InstanceLock.Take(_directory);

        var refused = Assert.Throws<StartupException>(() => InstanceLock.Take(_directory));

        Assert.Contains($"another netweir-agent (process {Environment.ProcessId}) has", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lock_is_free_again_when_its_holder_is_gone()
    {
        InstanceLock.Take(_directory).Dispose();

        using var second = InstanceLock.Take(_directory);
    }

    [Fact]
    public void A_file_with_the_same_content_is_not_written_again()
    {
        var path = Path.Combine(_directory, "sub", "file");

        Assert.True(AtomicFile.WriteIfDifferent(path, "one"u8));
        Assert.False(AtomicFile.WriteIfDifferent(path, "one"u8));
        Assert.True(AtomicFile.WriteIfDifferent(path, "two"u8));
        Assert.Equal("two", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(Path.Combine(_directory, "sub")));
    }
}
