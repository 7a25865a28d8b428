using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>The object of core/v1 that an Event is about. <paramref name="Uid"/> and <paramref name="ResourceVersion"/> may be empty: not known.</summary>
internal readonly record struct EventSubject(string Kind, ObjectKey Key, string Uid, string ResourceVersion)
{
    /// <summary>Events live in their object's namespace, those of cluster-scoped objects in <c>default</c>.</summary>
    public string EventNamespace => Key.Namespace.Length > 0 ? Key.Namespace : "default";

    public EventReference Reference => new()
    {
        ApiVersion = "v1",
        Kind = Kind,
        Namespace = Key.Namespace.Length > 0 ? Key.Namespace : null,
        Name = Key.Name,
        Uid = Uid.Length > 0 ? Uid : null,
        ResourceVersion = ResourceVersion.Length > 0 ? ResourceVersion : null,
    };
}
