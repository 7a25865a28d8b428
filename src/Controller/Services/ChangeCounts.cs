using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>Changes that were seen, and the Services that they wait for. Written by one at a time, read by any thread.</summary>
internal sealed class ChangeCounts
{
    private readonly HashSet<ObjectKey> _waiting = [];
    private long _total;
    private int _pending;

    public long Total => Interlocked.Read(ref _total);

    public int Pending => Volatile.Read(ref _pending);

    public void Saw(ObjectKey service)
    {
        Interlocked.Increment(ref _total);
        _waiting.Add(service);
        Volatile.Write(ref _pending, _waiting.Count);
    }

    public void Took(ObjectKey service)
    {
        _waiting.Remove(service);
        Volatile.Write(ref _pending, _waiting.Count);
    }
}
