using Netweir.Controller.Services;

namespace Netweir.Controller.Tests.Services;

public sealed class RangeAllocatorTests
{
    [Fact]
    public void A_freed_range_is_reused_only_when_nothing_else_fits()
    {
        var allocator = new RangeAllocator(10, []);
        Assert.Equal(0, Take(allocator, 4));
        allocator.Release(0, 4);

        Assert.Equal(4, Take(allocator, 4));
        Assert.Equal(8, Take(allocator, 2));
        Assert.Equal(0, Take(allocator, 4));
    }

    [Fact]
    public void The_range_that_was_freed_first_is_reused_first()
    {
        var allocator = new RangeAllocator(3, []);
        for (var i = 0; i < 3; i++)
        {
            Take(allocator, 1);
        }

        allocator.Release(1, 1);
        allocator.Release(2, 1);
        allocator.Release(0, 1);

        Assert.Equal([1, 2, 0], [Take(allocator, 1), Take(allocator, 1), Take(allocator, 1)]);
    }

    [Fact]
    public void Neighbours_that_were_freed_become_one_range()
    {
        var allocator = new RangeAllocator(6, []);
        Assert.Equal([0, 2, 4], [Take(allocator, 2), Take(allocator, 2), Take(allocator, 2)]);
        allocator.Release(4, 2);
        allocator.Release(0, 2);
        allocator.Release(2, 2);

        Assert.Equal(0, Take(allocator, 6));
        Assert.False(allocator.TryAllocate(1, out _));
    }

    [Fact]
    public void What_is_reserved_at_the_start_is_not_handed_out()
    {
        var allocator = new RangeAllocator(10, [(4, 2), (0, 1), (9, 1)]);

        Assert.Equal(6, allocator.Free);
        Assert.Equal(1, Take(allocator, 3));
        Assert.Equal(6, Take(allocator, 3));
        Assert.False(allocator.TryAllocate(1, out _));
    }

    [Fact]
    public void Overlapping_reservations_are_an_error() =>
        Assert.Throws<ArgumentException>(() => new RangeAllocator(10, [(0, 3), (2, 2)]));

    [Fact]
    public void Ranges_never_overlap_and_all_come_back_over_many_random_steps()
    {
        var random = new Random(7);
        var allocator = new RangeAllocator(4096, []);
        var held = new List<(int Start, int Length)>();
        var used = new bool[4096];
        for (var step = 0; step < 50_000; step++)
        {
            var length = random.Next(1, 60);
            if (random.Next(3) > 0 && allocator.TryAllocate(length, out var start))
            {
                var range = used.AsSpan(start.Value, length);
                Assert.False(range.Contains(true));
                range.Fill(true);
                held.Add((start.Value, length));
            }
            else if (held.Count > 0)
            {
                var index = random.Next(held.Count);
                var (from, count) = held[index];
                held.RemoveAt(index);
                used.AsSpan(from, count).Clear();
                allocator.Release(from, count);
            }
        }

        held.ForEach(r => allocator.Release(r.Start, r.Length));
        Assert.Equal(0, Take(allocator, 4096));
    }

    [Fact]
    public void Many_small_ranges_in_and_out_stay_fast()
    {
        var allocator = new RangeAllocator(524_288, []);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 1_000_000; i++)
        {
            Assert.True(allocator.TryAllocate(10, out var start));
            allocator.Release(start.Value, 10);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"a million pairs took {watch.Elapsed}");
    }

    private static int Take(RangeAllocator allocator, int length)
    {
        Assert.True(allocator.TryAllocate(length, out var start));
        return start.Value;
    }
}
