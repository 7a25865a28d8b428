using System.Net;
using System.Runtime.CompilerServices;
using Netweir.Maps;

namespace Netweir.Loader.Tests;

public sealed class ValueTests
{
    [Theory]
    [InlineData("10.1.2.3", "00000000000000000000ffff0a010203", true)]
    [InlineData("fd00::1", "fd000000000000000000000000000001", false)]
    [InlineData("0.0.0.0", "00000000000000000000ffff00000000", true)]
    public void Address_is_16_bytes_in_wire_order(string text, string bytes, bool ipv4)
    {
        Address address = Address.Parse(text);
        byte[] raw = new byte[16];
        address.CopyTo(raw);

        Assert.Equal(bytes, Convert.ToHexStringLower(raw));
        Assert.Equal((text, ipv4, IPAddress.Parse(text)), (address.ToString(), address.IsIPv4, address.ToIPAddress()));
        Assert.Equal(address, new Address(raw));
        Assert.False(address.IsZero);
    }

    [Fact]
    public void Addresses_sort_as_their_bytes_do()
    {
        string[] sorted = ["10.0.0.2", "10.0.0.10", "192.168.0.1", "2001:db8::1", "fd00::1"];

        Assert.Equal(sorted, sorted.Reverse().Select(Address.Parse).Order().Select(a => a.ToString()));
        Assert.Equal("", default(Address).ToString());
    }

    [Fact]
    public void Wire_order_numbers_keep_their_value()
    {
        Be16 port = 8080;
        Be32 id = 0x01020304;

        Assert.Equal(("8080", "16909060"), (port.ToString(), id.ToString()));
        Assert.Equal(new byte[] { 0x1f, 0x90 }, Unsafe.As<Be16, ushort>(ref port) is var wire ? BitConverter.GetBytes(wire) : []);
        Assert.Throws<OverflowException>(() => Be16.From(70000));
    }

    [Fact]
    public void Mac_is_read_written_and_compared()
    {
        Mac mac = Mac.Parse("02:00:0a:ff:00:01");

        Assert.Equal("02:00:0a:ff:00:01", mac.ToString());
        Assert.Equal(mac, new Mac([2, 0, 10, 255, 0, 1]));
        Assert.Equal(mac.GetHashCode(), new Mac([2, 0, 10, 255, 0, 1]).GetHashCode());
        Assert.Throws<FormatException>(() => Mac.Parse("02:00:0a:ff:00"));
        Assert.True(default(Mac).IsZero);
    }

    [Fact]
    public void Fixed_text_takes_what_fits_with_its_terminating_zero()
    {
        string longest = new string('a', 61) + "é";

        Assert.Equal(longest, FixedString64.From(longest).ToString());
        Assert.Equal(FixedString64.From("x"), FixedString64.From("x"));
        Assert.Throws<ArgumentException>(() => FixedString64.From(longest + "a"));
        Assert.Throws<ArgumentException>(() => FixedString64.From("a\0b"));
    }
}
