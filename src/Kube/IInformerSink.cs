namespace Netweir.Kube;

/// <summary>
/// Receives an informer's ordered changes. One informer calls its sink from its own loop, on thread pool threads, one call at a time and
/// never concurrently; two informers that share a sink may call it at the same time. Calls hold up the stream: return quickly.
/// An exception that escapes ends the informer's <see cref="Informer{T}.RunAsync"/>.
/// </summary>
public interface IInformerSink<T>
    where T : class, IKubeObject
{
    /// <summary>The whole state after a (re)list: what is not in <paramref name="all"/> no longer exists. The first call may be empty.</summary>
    void Replaced(IReadOnlyCollection<T> all);

    /// <summary>Added or changed.</summary>
    void Upserted(T obj);

    /// <summary>Gone; <paramref name="obj"/> is the last state that was seen.</summary>
    void Deleted(T obj);
}
