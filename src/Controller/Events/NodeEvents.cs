using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>Events on this Node.</summary>
internal sealed class NodeEvents(IEventRecorder recorder, OwnNode node)
{
    public void Warning(string reason, string action, string note) => Record(EventType.Warning, reason, action, note);

    public void Normal(string reason, string action, string note) => Record(EventType.Normal, reason, action, note);

    private void Record(EventType type, string reason, string action, string note)
    {
        var known = node.Metadata;
        recorder.Record(new EventSubject("Node", new ObjectKey("", node.Name), known?.Uid ?? "", known?.ResourceVersion ?? ""), type, reason, action, note);
    }
}
