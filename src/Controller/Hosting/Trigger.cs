namespace Netweir.Controller;

/// <summary>Wakes one waiter. Pulling it many times before the waiter comes counts once.</summary>
internal sealed class Trigger : IDisposable
{
    private readonly SemaphoreSlim _pulled = new(0, 1);

    public void Pull()
    {
        try
        {
            _pulled.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already pulled: the waiter will see this change as well.
        }
    }

    /// <summary>True when pulled, false after <paramref name="atMost"/>.</summary>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _pulled.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _pulled.Dispose();
}
