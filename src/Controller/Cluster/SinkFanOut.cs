using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>Tells one informer's changes to several sinks, in order.</summary>
internal sealed class SinkFanOut<T>(params IReadOnlyList<IInformerSink<T>> sinks) : IInformerSink<T>
    where T : class, IKubeObject
{
    public void Replaced(IReadOnlyCollection<T> all)
    {
        foreach (var sink in sinks)
        {
            sink.Replaced(all);
        }
    }

    public void Upserted(T obj)
    {
        foreach (var sink in sinks)
        {
            sink.Upserted(obj);
        }
    }

    public void Deleted(T obj)
    {
        foreach (var sink in sinks)
        {
            sink.Deleted(obj);
        }
    }
}
