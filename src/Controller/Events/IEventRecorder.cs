namespace Netweir.Controller;

/// <summary>Tells people of what happened to an object, in its <c>kubectl describe</c>.</summary>
internal interface IEventRecorder
{
    /// <summary>Returns at once and throws nothing, whatever the API does. Any thread.</summary>
    void Record(EventSubject subject, EventType type, string reason, string action, string note);
}
