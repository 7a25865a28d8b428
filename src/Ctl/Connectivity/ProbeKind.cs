namespace Netweir.Ctl;

/// <summary>What a check does.</summary>
internal enum ProbeKind
{
    /// <summary>Asks who answers, many times.</summary>
    Who,

    /// <summary>Wants to be refused at once.</summary>
    Refused,

    /// <summary>Wants to hear nothing.</summary>
    Silent,

    /// <summary>Datagrams of sizes around the usual path MTUs, there and back.</summary>
    Sizes,

    /// <summary>A megabyte over TCP in each direction.</summary>
    Bulk,

    /// <summary>Wants any answer over TCP: the API server's to a request without TLS.</summary>
    Anything,

    /// <summary>Looks a name up.</summary>
    Dns,

    /// <summary>Downloads for two seconds.</summary>
    Speed,
}
