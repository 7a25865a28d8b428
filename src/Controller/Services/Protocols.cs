namespace Netweir.Controller.Services;

/// <summary>Kubernetes' protocol words and their IPPROTO_* numbers.</summary>
internal static class Protocols
{
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Sctp = 132;

    public static byte? Number(string name) => name switch
    {
        "TCP" => Tcp,
        "UDP" => Udp,
        "SCTP" => Sctp,
        _ => null,
    };

    public static string Name(byte number) => number switch
    {
        Tcp => "TCP",
        Udp => "UDP",
        Sctp => "SCTP",
        _ => $"protocol {number}",
    };
}
