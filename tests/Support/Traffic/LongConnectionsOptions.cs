using System.Net;

namespace Netweir.Support.Traffic;

public sealed record LongConnectionsOptions
{
    public required IPEndPoint Target { get; init; }

    public int Count { get; init; } = 10;

    /// <summary>Between the answer and the next request of one connection.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>An exchange that takes longer is a stall; it is waited for all the same.</summary>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A connection that does not open, or whose exchange is not done, after this is lost.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>See <see cref="SocketFactory"/>.</summary>
    public Action<Action>? InNamespace { get; init; }
}
