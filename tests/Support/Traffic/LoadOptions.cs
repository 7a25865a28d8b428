using System.Net;

namespace Netweir.Support.Traffic;

public sealed record LoadOptions
{
    public required IPEndPoint Target { get; init; }

    /// <summary>Requests at the same time, at most.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>Of all workers together; 0 is as fast as the answers come.</summary>
    public double RequestsPerSecond { get; init; } = 100;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Of one request, connecting included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>False: a new connection (UDP: a new source port) for each request. True: one for each worker as long as it works.</summary>
    public bool KeepConnections { get; init; }

    /// <summary>Each request is filled up to this many bytes, at most 4096.</summary>
    public int RequestBytes { get; init; }

    /// <summary>See <see cref="SocketFactory"/>.</summary>
    public Action<Action>? InNamespace { get; init; }
}
