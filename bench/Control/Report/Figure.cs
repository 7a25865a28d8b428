namespace Netweir.Bench;

/// <summary>One measured value, and what it is held against.</summary>
internal sealed record Figure(string Group, string Name, double Value, string Unit)
{
    /// <summary>What a release must keep; null: nothing is asked.</summary>
    public double? Floor { get; init; }

    /// <summary>Where it is to go.</summary>
    public double? Goal { get; init; }

    public Direction Better { get; init; } = Direction.Less;

    /// <summary>Null when nothing is asked.</summary>
    public bool? HoldsFloor => Holds(Floor);

    public bool? ReachesGoal => Holds(Goal);

    /// <summary>For the table.</summary>
    public string Mark => (HoldsFloor, ReachesGoal) switch
    {
        (false, _) => "BELOW FLOOR",
        (_, true) => "goal",
        (true, _) => "floor",
        _ => "",
    };

    private bool? Holds(double? limit) => limit is null ? null : Better == Direction.Less ? Value <= limit : Value >= limit;
}
