using System.Reflection;
using Xunit.Abstractions;

namespace Netweir.Datapath.Tests.Bench;

/// <summary>Measures what a packet costs in the hooks and prints it beside what is stored. Judges nothing: figures of machines that others use differ.</summary>
[Trait("Category", "Bench")]
public sealed class DatapathBench(ITestOutputHelper output)
{
    private const int Rounds = 40;
    private const int Repeat = 10_000;

    [Fact]
    public void Costs_of_a_packet()
    {
        using var paths = new BenchPaths();
        using var driver = new Driver();
        var costs = Lab.Run(() => Measure(paths, driver));
        costs.Write(Metadata("MeasuredCosts"));
        var table = PathCostsTable.Format(costs, File.Exists(Metadata("StoredCosts")) ? PathCosts.Read(Metadata("StoredCosts")) : costs);
        File.WriteAllText(Path.ChangeExtension(Metadata("MeasuredCosts"), ".txt"), table);
        output.WriteLine(table);
    }

    /// <summary>The least of many rounds, in each of which all paths have their turn: what others do on the machine only adds.</summary>
    private static PathCosts Measure(BenchPaths paths, Driver driver)
    {
        var least = paths.All.ToDictionary(p => p.Name, _ => (With: double.MaxValue, Without: double.MaxValue));
        var yardstick = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            yardstick = Math.Min(yardstick, driver.Yardstick(Repeat));
            foreach (var path in paths.All)
            {
                var (with, without) = driver.Time(path, Repeat);
                least[path.Name] = (Math.Min(with, least[path.Name].With), Math.Min(without, least[path.Name].Without));
            }
        }
        return new PathCosts
        {
            Kernel = Support.Machine.Kernel,
            Processor = Support.Machine.Processor,
            Yardstick = yardstick,
            Nanoseconds = new(least.ToDictionary(l => l.Key, l => l.Value.With - l.Value.Without), StringComparer.Ordinal),
            VerifiedInstructions = paths.VerifiedInstructions(),
        };
    }

    private static string Metadata(string key) =>
        typeof(DatapathBench).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;
}
