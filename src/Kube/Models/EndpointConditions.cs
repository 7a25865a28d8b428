using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>Conditions as they are on the wire; the properties without a question mark apply the API's rule for an absent one.</summary>
public sealed record EndpointConditions
{
    public bool? Ready { get; init; }

    public bool? Serving { get; init; }

    public bool? Terminating { get; init; }

    internal static EndpointConditions Empty { get; } = new();

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
