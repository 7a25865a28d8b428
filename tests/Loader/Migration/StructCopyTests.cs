using System.Runtime.InteropServices;
using static Netweir.Loader.Tests.Versions;

namespace Netweir.Loader.Tests;

public sealed class StructCopyTests
{
    private static readonly Item1 s_full = new()
    {
        Stamp = 0x1122334455667788,
        Count = 0xfedcba98,
        Delta = -2,
        Port = 0x5000,
        Wide = 0xffff,
        Mac = 0x06050403,
        Kind = 9,
        FirstOfList = 7,
        LastOfList = 65535,
        Name = 0x64636261,
        Gone = ulong.MaxValue,
    };

    [Fact]
    public void Fields_keep_their_values_wherever_they_are_now()
    {
        Item2 copy = Copy(First, Second, s_full);

        Assert.Equal(new Item2
        {
            Stamp = s_full.Stamp,
            Count = s_full.Count,
            Delta = -2,
            Port = 0x5000,
            Wide = 0xffff,
            Mac = s_full.Mac,
            Kind = 9,
            FirstOfList = 7,
            FourthOfList = 65535,
            Name = s_full.Name,
        }, copy);
    }

    [Fact]
    public void Way_back_drops_what_is_new()
    {
        Item2 there = Copy(First, Second, s_full) with { Fresh = 5, LastOfList = 6 };

        Item1 back = Copy<Item2, Item1>(Second, First, there);

        Assert.Equal(s_full with { Gone = 0 }, back);
    }

    [Theory]
    [InlineData(0x10000UL, "wide = 65536")]
    [InlineData(ulong.MaxValue, "wide = 18446744073709551615")]
    public void Number_that_does_not_fit_is_refused(ulong wide, string named)
    {
        OverflowException e = Assert.Throws<OverflowException>(() => Copy(First, Second, s_full with { Wide = wide }));

        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Contains("2 bytes", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(32767, true)]
    [InlineData(-32768, true)]
    [InlineData(32768, false)]
    [InlineData(-32769, false)]
    public void Signed_numbers_shrink_within_their_range(long delta, bool fits)
    {
        Item2 item = new() { Delta = delta };

        if (fits)
        {
            Assert.Equal(delta, Copy<Item2, Item1>(Second, First, item).Delta);
        }
        else
        {
            Assert.Throws<OverflowException>(() => Copy<Item2, Item1>(Second, First, item));
        }
    }

    [Theory]
    [InlineData("-DWIDE_PORT", "port was network-order u16 and is now network-order u32")]
    [InlineData("-DSCALAR_LIST", "list was u16[4] and is now u64")]
    public void Field_that_became_something_else_is_refused(string flag, string cause)
    {
        FormatException e = Assert.Throws<FormatException>(() => Copy(First, Compile(2, flag), s_full));

        Assert.Equal(cause, e.Message);
    }

    [Fact]
    public void Only_what_loses_something_can_make_two_values_one()
    {
        Assert.False(Plan(First, Second, "item_key").Drops);
        Assert.True(Plan(First, Compile(2, "-DDROP_ZONE"), "item_key").Drops);
    }

    private static StructCopy Plan(BpfObjectFile from, BpfObjectFile to, string type) =>
        StructCopyPlan.Make(from.Btf, from.Btf.Find(BtfKind.Struct, type)!.Id, to.Btf, to.Btf.Find(BtfKind.Struct, type)!.Id);

    private static Item2 Copy(BpfObjectFile from, BpfObjectFile to, Item1 item) => Copy<Item1, Item2>(from, to, item);

    private static TTo Copy<TFrom, TTo>(BpfObjectFile from, BpfObjectFile to, TFrom item)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        TTo result = default;
        Plan(from, to, "item").Apply(MemoryMarshal.AsBytes(new ReadOnlySpan<TFrom>(in item)), MemoryMarshal.AsBytes(new Span<TTo>(ref result)));
        return result;
    }
}
