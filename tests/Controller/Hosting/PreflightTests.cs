using Netweir.Loader;
using Netweir.NodeState;

namespace Netweir.Controller.Tests;

public sealed class PreflightTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nw-agent-").FullName;
    private readonly LedgerWriter _ledger;

    public PreflightTests() => _ledger = new LedgerWriter(new Ledger(Path.Combine(_directory, "state")));

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
    public void A_kernel_that_cannot_load_the_datapath_is_refused_by_what_it_lacks()
    {
        var kernel = KernelFeatures.Probe();
        Preflight.CheckKernel(kernel);

        var refused = Assert.Throws<StartupException>(() => Preflight.CheckKernel(kernel with { StructArguments = false }));

        Assert.Contains("takes no pointers to structures as arguments of global functions", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("run Linux 5.15 or later on this node", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_instance_is_refused_and_told_who_runs()
    {
        using var first = InstanceLock.Take(_directory, _ledger);

        var refused = Assert.Throws<StartupException>(() => InstanceLock.Take(_directory, _ledger));

        Assert.Contains($"another netweir-agent (process {Environment.ProcessId}) has", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lock_is_free_again_when_its_holder_is_gone()
    {
        InstanceLock.Take(_directory, _ledger).Dispose();

        using var second = InstanceLock.Take(_directory, _ledger);
    }

    [Theory]
    [InlineData("file", "file/run")]
    [InlineData("file", "file")]
    public void A_run_dir_that_cannot_be_made_is_not_taken_for_another_agent(string file, string runDir)
    {
        File.WriteAllText(Path.Combine(_directory, file), "");

        var refused = Assert.Throws<StartupException>(() => InstanceLock.Take(Path.Combine(_directory, runDir), _ledger));

        Assert.StartsWith($"--run-dir: files cannot be made in '{Path.Combine(_directory, runDir)}': ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another netweir-agent", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_file_that_is_a_directory_is_not_taken_for_another_agent()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "agent.lock"));

        var refused = Assert.Throws<StartupException>(() => InstanceLock.Take(_directory, _ledger));

        Assert.StartsWith("--run-dir: files cannot be made in", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_that_is_cut_off_is_refused_with_a_remedy()
    {
        var path = Path.Combine(_directory, "netweir.bpf.o");
        File.WriteAllBytes(path, File.ReadAllBytes(AgentProcess.CompiledObject()).AsSpan(0, 4096));
        var surroundings = new OptionsSurroundings
        {
            Variable = _ => null,
            HostName = "own",
            LocalPorts = new PortRange(32768, 60999),
            BaseDirectory = _directory,
        };
        var options = OptionsParser.Parse(["--api-server", "https://192.0.2.1", "--object", path, "--map-size", "nw_nodes=7"], surroundings).Options!;

        var refused = Assert.Throws<StartupException>(() => Preflight.CheckMapSizes(options));

        Assert.StartsWith($"--object: {path}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Put the whole file in place again", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_object_is_never_anything_but_a_format_error()
    {
        var whole = File.ReadAllBytes(AgentProcess.CompiledObject());
        var random = new Random(1);
        var refused = 0;
        for (var i = 0; i < 100; i++)
        {
            var damaged = whole.AsSpan(0, random.Next(whole.Length / 2, whole.Length)).ToArray();
            // Keeps the section headers: what they lead to is missing or other bytes.
            Array.Resize(ref damaged, whole.Length);
            Array.Copy(whole, whole.Length - 4096, damaged, whole.Length - 4096, 4096);
            random.NextBytes(damaged.AsSpan(random.Next(0, whole.Length - 5000), 16));
            var error = Record.Exception(() => Netweir.Loader.BpfObjectFile.Parse(damaged));
            Assert.True(error is null or Netweir.Loader.BtfFormatException, error?.ToString());
            refused += error is null ? 0 : 1;
        }
        Assert.True(refused > 0);
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
