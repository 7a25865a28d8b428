namespace Netweir.Controller.Tests;

/// <summary>Remembers what was recorded.</summary>
internal sealed class RecordedEvents : IEventRecorder
{
    private readonly Lock _lock = new();
    private readonly List<(EventSubject Subject, EventType Type, string Reason, string Note)> _all = [];

    public IReadOnlyList<(EventSubject Subject, EventType Type, string Reason, string Note)> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    public void Record(EventSubject subject, EventType type, string reason, string action, string note)
    {
        lock (_lock)
        {
            _all.Add((subject, type, reason, note));
        }
    }
}
