using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>Conditions as they are on the wire; the properties without a question mark apply the API's rule for an absent one.</summary>
public sealed record EndpointConditions
{
    public bool? Ready { get; init; }

    public bool? Serving { get; init; }

    public bool? Terminating { get; init; }

    internal static EndpointConditions Empty { get; } = new();

    private static readonly bool?[] Values = [null, false, true];

    /// <summary>There are 27: each endpoint of a large cluster need not have its own.</summary>
    private static readonly EndpointConditions[] All =
        [.. from ready in Values from serving in Values from terminating in Values select new EndpointConditions { Ready = ready, Serving = serving, Terminating = terminating }];

    internal static EndpointConditions Shared(EndpointConditions? conditions) => conditions is null ? Empty
        : All[(9 * Place(conditions.Ready)) + (3 * Place(conditions.Serving)) + Place(conditions.Terminating)];

    private static int Place(bool? value) => value switch
    {
        null => 0,
        false => 1,
        true => 2,
    };

    /// <summary>Absent means ready.</summary>
    [JsonIgnore]
    public bool IsReady => Ready ?? true;

    /// <summary>Absent means serving.</summary>
    [JsonIgnore]
    public bool IsServing => Serving ?? true;

    /// <summary>Absent means not terminating.</summary>
    [JsonIgnore]
    public bool IsTerminating => Terminating ?? false;
}
