namespace Netweir.Kube;

/// <summary>What a caller can decide on; also the label of the error metric.</summary>
public enum KubeErrorReason
{
    /// <summary>No API server address accepted the request.</summary>
    Unreachable,

    /// <summary>The TLS handshake failed.</summary>
    Tls,

    /// <summary>A credential file cannot be read or parsed.</summary>
    Credentials,

    /// <summary>No answer in time, or a watch that stalled.</summary>
    Timeout,

    /// <summary>The stream broke.</summary>
    Disconnected,

    /// <summary>401.</summary>
    Unauthorized,

    /// <summary>403.</summary>
    Forbidden,

    /// <summary>404 of one object.</summary>
    NotFound,

    /// <summary>404 of a whole resource: the server does not know it.</summary>
    ResourceAbsent,

    /// <summary>409 of an object that was to be made.</summary>
    AlreadyExists,

    /// <summary>410: the resource version or the continue token is too old.</summary>
    Gone,

    /// <summary>The server does not know the resource version yet, or never will (its store was restored from a backup).</summary>
    ResourceVersionTooLarge,

    /// <summary>429.</summary>
    TooManyRequests,

    /// <summary>5xx.</summary>
    ServerError,

    /// <summary>Any other status.</summary>
    Rejected,

    /// <summary>The answer is not what the API returns.</summary>
    InvalidResponse,
}
