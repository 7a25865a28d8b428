namespace Netweir.Kube;

/// <summary>Remembers which API server answered last, and goes on to the next when one does not.</summary>
internal sealed class ServerRing(IReadOnlyList<Uri> servers)
{
    private int _current;

    public int Count => servers.Count;

    public Uri Current => servers[Volatile.Read(ref _current)];

    /// <summary>Leaves <paramref name="failed"/>, unless somebody else has done so already.</summary>
    public void MoveFrom(Uri failed)
    {
        var seen = Volatile.Read(ref _current);
        if (ReferenceEquals(servers[seen], failed))
        {
            Interlocked.CompareExchange(ref _current, (seen + 1) % servers.Count, seen);
        }
    }
}
