using Netweir.Controller.Services;

namespace Netweir.Controller.Tests.Services;

public sealed class PlaceAllocatorTests
{
    [Fact]
    public void Free_places_come_in_order_and_given_back_ones_after_them_oldest_first()
    {
        var places = new PlaceAllocator(8, [0, 1, 4, 7]);

        Assert.Equal(2u, Next(places));
        places.Release(4);
        places.Release(2);
        Assert.Equal([3u, 5u, 6u, 4u, 2u, null], Enumerable.Range(0, 6).Select(_ => Next(places)));
        places.Release(0);
        Assert.Equal(0u, Next(places));
    }

    [Fact]
    public void What_is_used_beyond_the_limit_is_given_out_again_only_once_it_is_given_back()
    {
        var places = new PlaceAllocator(3, [0, 1, 5, 9]);

        Assert.Equal(2u, Next(places));
        Assert.Null(Next(places));
        places.Release(9);
        Assert.Equal(9u, Next(places));
    }

    [Fact]
    public void Nothing_is_free_where_everything_is_used()
    {
        Assert.Null(Next(new PlaceAllocator(0, [])));
        Assert.Null(Next(new PlaceAllocator(2, [0, 1])));
        Assert.Equal(0u, Next(new PlaceAllocator(1, [])));
    }

    private static uint? Next(PlaceAllocator places) => places.TryAllocate(out var place) ? place : null;
}
