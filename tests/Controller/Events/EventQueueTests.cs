using System.Globalization;
using System.Text;
using Netweir.Kube;

namespace Netweir.Controller.Tests;

public sealed class EventQueueTests
{
    private static readonly EventSubject Web = new("Service", new ObjectKey("shop", "web"), "u1", "7");
    private readonly ClockAt _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly EventQueue _queue;

    public EventQueueTests() => _queue = new EventQueue(_time);

    [Fact]
    public void The_same_within_ten_minutes_is_one_event_that_counts()
    {
        var first = Sent("full");
        _time.Passed += TimeSpan.FromMinutes(9);

        var again = Sent("full");

        Assert.Same(first, again);
        Assert.Equal((2, "2026-01-01T00:09:00.000000Z"), (again.Series!.Count, again.Series.LastObservedTime));
    }

    [Fact]
    public void Ten_minutes_later_it_is_another_event()
    {
        var first = Sent("full");
        _time.Passed += TimeSpan.FromMinutes(10);

        var later = Sent("full");

        Assert.NotEqual(first.Name, later.Name);
        Assert.Null(later.Series);
    }

    [Fact]
    public void Another_note_object_or_life_of_the_object_is_another_event()
    {
        var all = new[] { Sent("full"), Sent("fuller"), Sent("full", Web with { Key = new ObjectKey("shop", "db") }), Sent("full", Web with { Uid = "u2" }) };

        Assert.Equal(4, all.Distinct().Count());
        Assert.All(all, e => Assert.Null(e.Series));
    }

    [Fact]
    public void What_comes_again_before_it_is_sent_does_not_wait_twice()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.True(Add("full"));
        }

        Assert.True(_queue.TryTake(out var entry));
        Assert.Equal(5, _queue.Send(entry, e => e.ToEvent("netweir.io/agent", "node1")).Series!.Count);
        Assert.False(_queue.TryTake(out _));
    }

    [Fact]
    public void What_comes_while_it_is_sent_waits_again()
    {
        Add("full");
        Assert.True(_queue.TryTake(out var entry));
        _queue.Send(entry, e => e.Count);

        Add("full");

        Assert.True(_queue.TryTake(out var again));
        Assert.Same(entry, again);
    }

    [Fact]
    public void There_is_room_for_so_many_and_no_more()
    {
        for (var i = 0; i < EventQueue.MostWaiting; i++)
        {
            Assert.True(Add(i.ToString(CultureInfo.InvariantCulture)));
        }

        Assert.False(Add("one more"));
        Assert.True(Add("0"));
    }

    [Fact]
    public void What_is_remembered_is_bounded_and_old_things_make_room()
    {
        for (var i = 0; i < EventQueue.MostKnown; i++)
        {
            Sent(i.ToString(CultureInfo.InvariantCulture));
        }
        Assert.False(Add("one more"));

        _time.Passed += EventQueue.Together;

        Assert.True(Add("one more"));
    }

    [Theory]
    [InlineData("short", "short")]
    [InlineData("0123456789", "0123456789")]
    [InlineData("0123456789a", "0123456…")]
    [InlineData("ääääää", "äää…")]
    [InlineData("01234😀😀", "01234…")]
    public void A_long_note_is_cut_at_a_character(string note, string expected)
    {
        var cut = EventEntry.Cut(note, 10);

        Assert.Equal(expected, cut);
        Assert.True(Encoding.UTF8.GetByteCount(cut) <= 10);
    }

    private bool Add(string note, EventSubject? subject = null) => _queue.TryAdd(subject ?? Web, EventType.Warning, "MapFull", "Program", note);

    private EventEntry Sent(string note, EventSubject? subject = null)
    {
        Assert.True(Add(note, subject));
        Assert.True(_queue.TryTake(out var entry));
        _queue.Send(entry, e => e.Count);
        _queue.Sent(entry);
        return entry;
    }
}
