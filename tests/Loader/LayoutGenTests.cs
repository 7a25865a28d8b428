using Netweir.LayoutGen;

namespace Netweir.Loader.Tests;

public sealed class LayoutGenTests
{
    [Theory]
    [InlineData("Item.g.cs")]
    [InlineData("ItemKey.g.cs")]
    [InlineData("Inner.g.cs")]
    [InlineData("DropReason.g.cs")]
    [InlineData("ItemFlag.g.cs")]
    [InlineData("MapSpecs.g.cs")]
    [InlineData("FixedString12.g.cs")]
    public void Generator_writes_the_expected_file(string name)
    {
        string expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "layouts", name));

        Assert.Equal(expected, Generator.Generate(BpfCompiler.Compile("Bpf/small.c"))[name]);
    }

    [Fact]
    public void Generator_writes_only_what_user_space_shares_with_the_datapath()
    {
        Assert.Equal(
            ["DropReason.g.cs", "FixedString12.g.cs", "Inner.g.cs", "Item.g.cs", "ItemFlag.g.cs", "ItemKey.g.cs", "MapSpecs.g.cs", "NetweirMaps.g.cs", "SmallConfig.g.cs"],
            Generator.Generate(BpfCompiler.Compile("Bpf/small.c")).Keys);
    }

    [Theory]
    [InlineData("-DUSE", "3 bytes of implicit padding after field first, at offset 1")]
    [InlineData("-DTAIL", "4 bytes of implicit padding after field last, at offset 12")]
    [InlineData("-DBITFIELD", "field low is a bitfield")]
    [InlineData("-DNUMBERS", "field numbers: an array of 3")]
    public void Generator_refuses_what_two_compilers_could_see_differently(string flag, string reason)
    {
        BpfObjectFile file = BpfCompiler.Compile("Bpf/padded.c", flag);

        LayoutException e = Assert.Throws<LayoutException>(() => Generator.Generate(file));

        Assert.StartsWith("struct value: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}
