namespace Netweir.Ctl;

/// <summary>
/// A check, and how it is told. <paramref name="Prober"/> is the pod that makes it; <paramref name="FromKind"/> and <paramref name="ToKind"/> are what many have
/// in common, <paramref name="To"/> is exactly this one's.
/// </summary>
internal sealed record PlannedCheck(string Prober, string Node, string FromKind, string ToKind, string To, ProbeCheck Check)
{
    public string From => $"{FromKind} on {Node}";

    public string Family => Check.Address.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4";

    public string What => Check.Kind switch
    {
        ProbeKind.Who when Check.Sticky => $"{Protocol}, one backend",
        ProbeKind.Who => Check.Clients is null ? Protocol : $"{Protocol}, source kept",
        ProbeKind.Refused => $"{Protocol} refused",
        ProbeKind.Silent => $"{Protocol} dropped",
        ProbeKind.Sizes => "UDP 100 to 8000 bytes",
        ProbeKind.Bulk => "TCP 1 MB both ways",
        ProbeKind.Dns => "DNS",
        ProbeKind.Speed => "TCP download",
        _ => Protocol,
    };

    public string Endpoint => Check.Address.Contains(':', StringComparison.Ordinal) ? $"[{Check.Address}]:{Check.Port}" : $"{Check.Address}:{Check.Port}";

    private string Protocol => Check.Udp ? "UDP" : "TCP";
}
