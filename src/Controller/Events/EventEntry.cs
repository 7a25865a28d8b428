using System.Globalization;
using System.Text;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>An Event with all of its occurrences. Mutable, guarded by its recorder's lock.</summary>
internal sealed class EventEntry
{
    /// <summary>Of the subject's, in a name: with 17 more it is no longer than an object's name may be.</summary>
    private const int LongestPrefix = 230;

    private readonly EventSubject _subject;
    private readonly string _action;
    private readonly DateTimeOffset _first;

    public EventEntry(EventKey key, EventSubject subject, string action, DateTimeOffset first, long timestamp)
    {
        (Key, _subject, _action, _first) = (key, subject, action, first);
        (Name, Last, LastTimestamp) = (NameAt(subject, first), first, timestamp);
    }

    public EventKey Key { get; }

    /// <summary>As client-go names them: the object and the time.</summary>
    public ObjectKey Name { get; private set; }

    public int Count { get; private set; } = 1;

    /// <summary>For people.</summary>
    public DateTimeOffset Last { get; private set; }

    /// <summary>Of the monotonic clock.</summary>
    public long LastTimestamp { get; private set; }

    /// <summary>Is, or is going to be, on its way.</summary>
    public bool Waiting { get; set; }

    /// <summary>The API has it: from then on only its series changes.</summary>
    public bool Created { get; set; }

    public EventSeries? Series => Count > 1 ? new EventSeries { Count = Count, LastObservedTime = KubeEvent.Time(Last) } : null;

    public void Occurred(DateTimeOffset now, long timestamp)
    {
        Count++;
        (Last, LastTimestamp) = (now, timestamp);
    }

    /// <summary>The API forgot it, as it does after an hour.</summary>
    public void Renew(DateTimeOffset now) => (Created, Name) = (false, NameAt(_subject, now));

    public KubeEvent ToEvent(string controller, string instance) => new()
    {
        Metadata = new ObjectMeta { Namespace = Name.Namespace, Name = Name.Name },
        EventTime = KubeEvent.Time(_first),
        Series = Series,
        ReportingController = controller,
        ReportingInstance = instance,
        Action = _action,
        Reason = Key.Reason,
        Regarding = _subject.Reference,
        Note = Key.Note,
        Type = Key.Type.ToString(),
    };

    /// <summary>At most <paramref name="bytes"/> of UTF-8, ending with an ellipsis where something was cut.</summary>
    internal static string Cut(string text, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytes)
        {
            return text;
        }
        var length = Math.Min(text.Length, bytes - 3);
        while (Encoding.UTF8.GetByteCount(text.AsSpan(0, length)) > bytes - 3 || char.IsHighSurrogate(text[length - 1]))
        {
            length--;
        }
        return text[..length] + "…";
    }

    private static ObjectKey NameAt(EventSubject subject, DateTimeOffset time)
    {
        var name = subject.Key.Name.Length > LongestPrefix ? subject.Key.Name[..LongestPrefix].TrimEnd('.', '-') : subject.Key.Name;
        return new ObjectKey(subject.EventNamespace, $"{name}.{time.UtcTicks.ToString("x16", CultureInfo.InvariantCulture)}");
    }
}
