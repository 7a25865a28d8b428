using System.Net;
using System.Text.Json.Serialization;

namespace Netweir.Ctl;

/// <summary>One measurement that a probing pod is asked for.</summary>
internal sealed record ProbeCheck
{
    /// <summary>In <see cref="Clients"/>: the pod's own addresses.</summary>
    public const string Self = "self";

    public int Id { get; init; }

    public required ProbeKind Kind { get; init; }

    public bool Udp { get; init; }

    public required string Address { get; init; }

    public required int Port { get; init; }

    /// <summary>Who may answer; null: anybody.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>Whom the server may see as its client; null: anybody.</summary>
    public IReadOnlyList<string>? Clients { get; init; }

    /// <summary>The same must answer each time.</summary>
    public bool Sticky { get; init; }

    /// <summary>For <see cref="ProbeKind.Dns"/>: a name in the cluster's domain, without it: <c>echo.shop.svc</c>.</summary>
    public string? Name { get; init; }

    /// <summary>For <see cref="ProbeKind.Dns"/>: exactly these addresses.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    [JsonIgnore]
    public IPEndPoint Target => new(IPAddress.Parse(Address), Port);
}
