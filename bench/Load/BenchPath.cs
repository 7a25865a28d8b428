using System.Net;

namespace Netweir.Bench.Load;

/// <summary>A client and a server, and how the one reaches the other.</summary>
public sealed record BenchPath
{
    /// <summary>Unique; comparisons name it.</summary>
    public required string Name { get; init; }

    /// <summary>For people.</summary>
    public required string Label { get; init; }

    /// <summary>Path of the client's network namespace.</summary>
    public required string Client { get; init; }

    public required string Server { get; init; }

    /// <summary>Where the client connects.</summary>
    public required IPEndPoint Target { get; init; }

    /// <summary>
    /// Where the server listens; no two paths of one scenario share it: a client's port that was used to a service and is then used straight
    /// to its backend meets the old connection there.
    /// </summary>
    public required int ServerPort { get; init; }
}
