namespace Netweir.Support.Traffic;

public enum LoadFailure
{
    /// <summary>TCP reset on connecting, or ICMP port unreachable.</summary>
    Refused,

    /// <summary>TCP reset of an established connection.</summary>
    Reset,

    /// <summary>The server closed before it answered.</summary>
    Closed,

    Timeout,
    Unreachable,
    WrongAnswer,
    Other,
}
