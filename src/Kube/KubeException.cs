namespace Netweir.Kube;

/// <summary>A request to the API failed. The message names the request, the cause and the remedy.</summary>
public sealed class KubeException : Exception
{
    public KubeException() : this(KubeErrorReason.Rejected, "request failed")
    {
    }

    public KubeException(string message) : this(KubeErrorReason.Rejected, message)
    {
    }

    public KubeException(string message, Exception innerException) : this(KubeErrorReason.Rejected, message, innerException)
    {
    }

    public KubeException(KubeErrorReason reason, string message, Exception? innerException = null) : base(message, innerException) =>
        Reason = reason;

    public KubeErrorReason Reason { get; }

    /// <summary>HTTP status, or the code of a Status object in a watch; 0 when there was no answer.</summary>
    public int StatusCode { get; init; }

    /// <summary>The <c>reason</c> of the server's Status object, such as <c>Expired</c>.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The beginning of what the server sent with an error status; empty when it sent nothing.</summary>
    public string Answer { get; init; } = "";

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
