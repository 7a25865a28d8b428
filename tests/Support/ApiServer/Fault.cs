namespace Netweir.Support.ApiServer;

/// <summary>How a request is spoiled.</summary>
public enum Fault
{
    /// <summary>Not at all: uses up its place, so that a later request is met.</summary>
    None,

    /// <summary>429 with <c>Retry-After</c>.</summary>
    TooManyRequests,

    /// <summary>500 with a Status.</summary>
    InternalError,

    /// <summary>503 with no body.</summary>
    Unavailable,

    /// <summary>200 with HTML.</summary>
    Garbage,

    /// <summary>410 with a Status, before any event.</summary>
    Gone,

    /// <summary>200, then an ERROR event with code 410 (watches).</summary>
    GoneEvent,

    /// <summary>504 whose cause is ResourceVersionTooLarge: the server has not seen the version.</summary>
    VersionTooLarge,

    /// <summary>403 with a Status.</summary>
    Forbidden,

    /// <summary>200, then half a JSON document and the end of the stream.</summary>
    Truncated,

    /// <summary>No answer at all until the client gives up.</summary>
    Stall,

    /// <summary>The connection is torn down.</summary>
    Abort,
}
