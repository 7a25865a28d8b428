namespace Netweir.Support.Traffic;

public sealed record LongConnectionsReport
{
    /// <summary>Connections that were opened; the others are failures.</summary>
    public required int Opened { get; init; }

    /// <summary>Opened and not lost.</summary>
    public required int Alive { get; init; }

    /// <summary>Exchanges that took longer than allowed, answered later or not.</summary>
    public required long Stalls { get; init; }

    /// <summary>Exchanges by server and latency; each failure is a connection lost or never opened.</summary>
    public required LoadReport Exchanges { get; init; }

    public override string ToString() => $"opened={Opened} alive={Alive} stalls={Stalls} {Exchanges}";
}
