using System.Text.Json;

namespace Netweir.Datapath.Tests.Bench;

/// <summary>What packets and programs cost, on one machine at one time.</summary>
internal sealed record PathCosts
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public required string Kernel { get; init; }

    public required string Processor { get; init; }

    /// <summary>16 failing look-ups of 16 bytes in a hash map, ns: figures of two machines are compared in units of it.</summary>
    public required double Yardstick { get; init; }

    /// <summary>Path -> ns a packet.</summary>
    public required SortedDictionary<string, double> Nanoseconds { get; init; }

    /// <summary>Program -> instructions that the verifier looked at.</summary>
    public required SortedDictionary<string, long> VerifiedInstructions { get; init; }

    public static PathCosts Read(string path) => JsonSerializer.Deserialize<PathCosts>(File.ReadAllText(path), Json)!;

    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");
    }
}
