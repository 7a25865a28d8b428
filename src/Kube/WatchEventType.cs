namespace Netweir.Kube;

/// <summary>What a watch event says of its object.</summary>
public enum WatchEventType
{
    Added,
    Modified,
    Deleted,
    Bookmark,
}
