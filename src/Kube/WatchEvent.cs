namespace Netweir.Kube;

/// <summary>
/// One event of a watch. <paramref name="Object"/> is null for a bookmark and for an object that cannot be read, of which
/// <paramref name="Metadata"/> is what could be saved.
/// </summary>
public readonly record struct WatchEvent<T>(WatchEventType Type, T? Object, ObjectMeta Metadata)
    where T : class, IKubeObject;
