namespace Netweir.Support.Traffic;

/// <summary>One worker's way to ask; keeps at most one socket.</summary>
internal interface ILoadClient : IDisposable
{
    /// <summary>Sends and awaits the answer to it. A connection that failed is gone, and the next request opens a new one.</summary>
    /// <exception cref="InvalidDataException">Something else than the answer came.</exception>
    Task<EchoAnswer> AskAsync(string request, CancellationToken cancellationToken);
}
