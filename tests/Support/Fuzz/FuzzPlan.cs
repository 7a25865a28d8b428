using System.Diagnostics;
using System.Globalization;

namespace Netweir.Support.Fuzz;

/// <summary>How many inputs and from which seed: few in ordinary tests, as many as <c>make fuzz</c> says in its long runs, whose progress it shows.</summary>
public sealed class FuzzPlan
{
    private const int UsualSeed = 20261128;
    private static readonly TimeSpan s_each = TimeSpan.FromSeconds(5);

    private FuzzPlan(int seed, int inputs) => (Seed, Inputs) = (seed, inputs);

    public int Seed { get; }

    public int Inputs { get; }

    /// <summary>$NETWEIR_FUZZ_INPUTS and $NETWEIR_FUZZ_SEED, if set; else <paramref name="inputs"/> from a seed that stays: a test finds tomorrow what it finds today.</summary>
    public static FuzzPlan Of(int inputs) => new(Number("NETWEIR_FUZZ_SEED") ?? UsualSeed, Number("NETWEIR_FUZZ_INPUTS") ?? inputs);

    /// <summary>Calls <paramref name="one"/> for each input; what it throws is thrown with seed and number. Nothing of it may leave a trace.</summary>
    /// <param name="what">For people.</param>
    public void Run(string what, Action<Random, int> one)
    {
        var random = new Random(Seed);
        var (clock, told) = (Stopwatch.StartNew(), TimeSpan.Zero);
        Tell(string.Create(CultureInfo.InvariantCulture, $"{what}: seed {Seed}, {Inputs} inputs"));
        for (var number = 0; number < Inputs; number++)
        {
            try
            {
                one(random, number);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{what}, seed {Seed}, input {number}: {e.Message}"), e);
            }
            if (clock.Elapsed - told >= s_each)
            {
                told = clock.Elapsed;
                Tell(string.Create(CultureInfo.InvariantCulture, $"{what}: {number} of {Inputs}, {number / clock.Elapsed.TotalSeconds:F0} a second"));
            }
        }
        Tell($"{what}: no rule was broken");
    }

    private static void Tell(string line)
    {
        if (Environment.GetEnvironmentVariable("NETWEIR_FUZZ_PROGRESS") is { } path)
        {
            File.AppendAllText(path, line + "\n");
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
