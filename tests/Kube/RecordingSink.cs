using System.Collections.Concurrent;

namespace Netweir.Kube.Tests;

/// <summary>Writes down what an informer says, one word per call, and notices calls that overlap.</summary>
internal sealed class RecordingSink<T> : IInformerSink<T>
    where T : class, IKubeObject
{
    private int _inside;

    public ConcurrentQueue<string> Calls { get; } = new();

    public ConcurrentDictionary<string, T> State { get; } = new(StringComparer.Ordinal);

    public bool Overlapped { get; private set; }

    public void Replaced(IReadOnlyCollection<T> all) => Record($"replaced {all.Count}", () =>
    {
        State.Clear();
        foreach (var obj in all)
        {
            State[obj.Metadata.Name] = obj;
        }
    });

    public void Upserted(T obj) => Record($"upserted {obj.Metadata.Name}", () => State[obj.Metadata.Name] = obj);

    public void Deleted(T obj) => Record($"deleted {obj.Metadata.Name}", () => State.TryRemove(obj.Metadata.Name, out _));

    private void Record(string call, Action change)
    {
        Overlapped |= Interlocked.Increment(ref _inside) != 1;
        change();
        Calls.Enqueue(call);
        Interlocked.Decrement(ref _inside);
    }
}
