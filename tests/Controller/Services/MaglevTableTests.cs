using System.Globalization;
using Netweir.Controller.Services;
using Netweir.Maps;

namespace Netweir.Controller.Tests.Services;

public sealed class MaglevTableTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 1009)]
    [InlineData(10, 1009)]
    [InlineData(11, 4099)]
    [InlineData(100, 16411)]
    [InlineData(600, 65537)]
    [InlineData(2_000, 262147)]
    [InlineData(100_000, 262147)]
    public void Table_is_sized_to_the_service(int backends, int size) => Assert.Equal(size, MaglevTable.SizeFor(backends));

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(600)]
    public void Sizes_are_prime_so_that_every_permutation_reaches_every_slot(int backends)
    {
        var size = MaglevTable.SizeFor(backends);

        Assert.DoesNotContain(Enumerable.Range(2, (int)Math.Sqrt(size)), d => size % d == 0);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(41)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Backends_have_equal_shares(int count)
    {
        var table = MaglevTable.Build(Backends(count));

        var shares = table.GroupBy(b => b).Select(g => g.Count()).ToArray();
        Assert.Equal(count, shares.Length);
        Assert.True(shares.Max() - shares.Min() <= 1, $"between {shares.Min()} and {shares.Max()} slots");
    }

    [Fact]
    public void Table_is_the_same_whatever_the_order_of_the_backends()
    {
        var backends = Backends(50);

        Assert.Equal(MaglevTable.Build(backends), MaglevTable.Build([.. backends.Reverse()]));
    }

    /// <summary>Every node has to compute these, whatever its architecture, release and memory.</summary>
    [Fact]
    public void Table_never_changes_from_release_to_release()
    {
        var table = MaglevTable.Build([.. Backends(3), Key("fd00::1", 80)]);

        Assert.Equal(
            "10.0.0.0 10.2.0.2 10.1.0.1 10.2.0.2 10.2.0.2 10.1.0.1 10.1.0.1 fd00::1 fd00::1 10.1.0.1 10.2.0.2 10.2.0.2 10.0.0.0 10.1.0.1 10.1.0.1 10.2.0.2",
            string.Join(' ', table.Take(16).Select(b => b.Address)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(99)]
    public void One_of_a_hundred_backends_that_comes_or_goes_moves_less_than_two_percent_of_the_other_flows(int which)
    {
        var all = Backends(100);
        var with = MaglevTable.Build(all);
        var without = MaglevTable.Build([.. all.Where((_, i) => i != which)]);

        Assert.Equal(with.Length, without.Length);
        var others = Enumerable.Range(0, with.Length).Where(i => with[i] != all[which]).ToArray();
        var moved = others.Count(i => with[i] != without[i]);
        Assert.True(moved < others.Length * 0.02, $"{moved} of {others.Length} moved");
    }

    private static FrontendKey[] Backends(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Key(string.Create(CultureInfo.InvariantCulture, $"10.{i % 3}.{i / 200}.{i % 200}"), 8080))];

    private static FrontendKey Key(string address, ushort port) => new() { Address = Address.Parse(address), Port = port, Protocol = 6 };
}
