using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>Collects figures, says each as it comes, and writes them down with where they are from.</summary>
internal sealed class BenchReport(string name)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly List<Figure> _figures = [];

    public IReadOnlyList<Figure> Figures => _figures;

    public static void Progress(string what) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:HH:mm:ss}  {what}"));

    public void Add(Figure figure)
    {
        _figures.Add(figure);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"          {figure.Name}: {figure.Value:0.###} {figure.Unit} {figure.Mark}").TrimEnd());
    }

    /// <summary>Of the same name and unit, as median, p99 and maximum.</summary>
    public void Add(string group, string what, Distribution distribution, double? floorP99 = null, double? goalP99 = null, double? floorP50 = null, double? goalP50 = null)
    {
        Add(new Figure(group, $"{what}: p50", distribution.Median, "ms") { Floor = floorP50, Goal = goalP50 });
        Add(new Figure(group, $"{what}: p99 of {distribution.Count}", distribution.P99, "ms") { Floor = floorP99, Goal = goalP99 });
    }

    /// <summary>Prints the table, and writes <c>artifacts/bench/NAME.json</c>. Returns whether every floor holds.</summary>
    public bool Close(string directory, bool markdown)
    {
        Console.WriteLine(markdown ? FigureText.Markdown(_figures) : FigureText.Table(_figures));
        var file = Path.Combine(Directory.CreateDirectory(directory).FullName, $"{name}.json");
        File.WriteAllText(file, Json().ToJsonString(Indented) + "\n");
        Console.WriteLine($"written to {file}");
        return _figures.TrueForAll(f => f.HoldsFloor != false);
    }

    private JsonObject Json() => new()
    {
        ["bench"] = name,
        ["date"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["commit"] = Commit(),
        ["kernel"] = Support.Machine.Kernel,
        ["cpu"] = Support.Machine.Processor,
        ["cpus"] = Environment.ProcessorCount,
        ["figures"] = new JsonArray([.. _figures.Select(Json)]),
    };

    private static JsonNode Json(Figure figure) => new JsonObject
    {
        ["group"] = figure.Group,
        ["name"] = figure.Name,
        ["value"] = Math.Round(figure.Value, 4),
        ["unit"] = figure.Unit,
        ["floor"] = figure.Floor,
        ["goal"] = figure.Goal,
        ["holds"] = figure.HoldsFloor,
    };

    /// <summary>Empty outside of a repository.</summary>
    private static string Commit() => Command.Run(["git", "describe", "--always", "--dirty"]) is { Succeeded: true } described ? described.Output.Trim() : "";
}
