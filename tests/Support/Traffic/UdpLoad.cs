namespace Netweir.Support.Traffic;

/// <summary>Datagrams to an <see cref="EchoServer"/> at a constant rate; none is sent twice, so a lost one is a failure.</summary>
public static class UdpLoad
{
    /// <param name="stop">Cancelling it is the same as <see cref="RunningLoad.StopAsync"/>.</param>
    public static RunningLoad Start(LoadOptions options, CancellationToken stop = default) =>
        new(options, (sockets, o) => new UdpLoadClient(sockets, o), stop);

    /// <inheritdoc cref="Start"/>
    public static async Task<LoadReport> RunAsync(LoadOptions options, CancellationToken stop = default)
    {
        await using var load = Start(options, stop);
        return await load.Completion;
    }
}
