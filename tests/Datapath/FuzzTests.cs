using System.Globalization;
using Netweir.Datapath.Tests.Fuzz;

namespace Netweir.Datapath.Tests;

/// <summary>Packets that nobody sane would send, and many that are nearly right. What must hold of each stands in <see cref="Judge"/>.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 100_000;
    private const int Seed = 20_240_817;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Always the same inputs: a test finds tomorrow what it finds today. New ones are `make fuzz`'s.</summary>
    [Fact]
    public void Nothing_that_is_sent_breaks_the_rules() => AssertRan(new FuzzRun(Seed, _ => { }).Run(Inputs, s_limit));

    /// <summary>`make fuzz`.</summary>
    [Fact]
    [Trait("Category", "Bench")]
    public void Long_run()
    {
        var seed = Number("NETWEIR_FUZZ_SEED") ?? Environment.TickCount;
        var inputs = Number("NETWEIR_FUZZ_INPUTS") ?? 1_000_000;
        var terminal = Environment.GetEnvironmentVariable("NETWEIR_FUZZ_PROGRESS") ?? "/dev/stderr";
        void Tell(string line) => File.AppendAllText(terminal, $"packets: {line}\n");
        Tell($"seed {seed}, {inputs} inputs");
        Assert.InRange(new FuzzRun(seed, Tell).Run(inputs, TimeSpan.FromHours(3)), inputs, int.MaxValue);
        Tell("no rule was broken");
    }

    /// <summary>However slow the machine: it did something.</summary>
    private static void AssertRan(int inputs) => Assert.InRange(inputs, 500, Inputs);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
