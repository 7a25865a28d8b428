using System.Text.Json;

namespace Netweir.Bench.Results;

/// <summary>Everything that a run brought; tables and charts are computed from it, also later.</summary>
public sealed record BenchRun
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Of this file's layout.</summary>
    public int Schema { get; init; } = 1;

    public required MachineInfo Machine { get; init; }

    public required int Rounds { get; init; }

    /// <summary>How long each sample took, in milliseconds.</summary>
    public required int SampleMilliseconds { get; init; }

    public required IReadOnlyList<PathInfo> Paths { get; init; }

    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>What could not be measured, and why.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static BenchRun Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<BenchRun>(File.ReadAllText(file), Json) is { Schema: 1 } run
                ? run
                : throw new InvalidDataException($"{file}: a layout that this program does not know");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: no results of this bench: {e.Message}", e);
        }
    }

    public void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, JsonSerializer.Serialize(this, Json) + "\n");
    }
}
