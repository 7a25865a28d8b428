namespace Netweir.Support.Traffic;

/// <summary>Requests to an <see cref="EchoServer"/> over TCP at a constant rate.</summary>
public static class TcpLoad
{
    /// <param name="stop">Cancelling it is the same as <see cref="RunningLoad.StopAsync"/>.</param>
    public static RunningLoad Start(LoadOptions options, CancellationToken stop = default) =>
        new(options, (sockets, o) => new TcpLoadClient(sockets, o), stop);

    /// <inheritdoc cref="Start"/>
    public static async Task<LoadReport> RunAsync(LoadOptions options, CancellationToken stop = default)
    {
        await using var load = Start(options, stop);
        return await load.Completion;
    }
}
