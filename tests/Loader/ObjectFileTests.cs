using LibBpf.Interop;

namespace Netweir.Loader.Tests;

public sealed class ObjectFileTests
{
    [Fact]
    public void Object_file_tells_its_maps()
    {
        BpfObjectFile file = BpfCompiler.Compile("Bpf/small.c");

        Assert.Equal(["nw_counts", "nw_items", "nw_seen"], file.Maps.Select(m => m.Name));
        MapSpec items = file.FindMap("nw_items")!;
        Assert.Equal(bpf_map_type.BPF_MAP_TYPE_HASH, items.Type);
        Assert.Equal((20u, 40u, 1200u, true), (items.KeySize, items.ValueSize, items.MaxEntries, items.PinnedByName));
        Assert.True(file.FindMap("nw_counts")!.IsPerCpu);
        Assert.False(file.FindMap("nw_seen")!.PinnedByName);
    }

    [Fact]
    public void Object_file_knows_where_its_constants_are()
    {
        BpfObjectFile file = BpfCompiler.Compile("Bpf/small.c");

        BpfVariable config = file.FindVariable("config")!, before = file.FindVariable("before")!;

        Assert.Equal((".rodata", 8u), (config.Section, config.Size));
        Assert.Equal((".rodata", 4u), (before.Section, before.Size));
        Assert.NotEqual(config.Offset, before.Offset);
        Assert.Equal("small_config", file.Btf.Resolve(config.Type).Name);
    }

    [Fact]
    public void Btf_keeps_typedefs_and_resolves_through_them()
    {
        Btf btf = BpfCompiler.Compile("Bpf/small.c").Btf;
        BtfMember port = btf.Find(BtfKind.Struct, "item_key")!.Members[1];

        Assert.Equal("__be16", btf.Unqualified(port.Type).Name);
        Assert.Equal((BtfKind.Int, 2u), (btf.Resolve(port.Type).Kind, btf.SizeOf(port.Type)));
        Assert.Equal([0L, 1L, 2L], btf.Find(BtfKind.Enum, "drop_reason")!.Enumerators.Select(e => e.Value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(300)]
    [InlineData(1500)]
    public void Object_file_that_is_cut_off_is_refused(int length)
    {
        ReadOnlyMemory<byte> whole = BpfCompiler.Compile("Bpf/small.c").Content;

        Assert.Throws<BtfFormatException>(() => BpfObjectFile.Parse(whole[..length]));
    }

    [Fact]
    public void Kernel_features_are_those_of_the_kernels_own_types()
    {
        KernelFeatures features = KernelFeatures.Probe();
        byte[] vmlinux = File.ReadAllBytes("/sys/kernel/btf/vmlinux");

        HashSet<string> found = EnumScan.Find(vmlinux, "BPF_TCX_INGRESS", "BPF_MAP_UPDATE_BATCH", "BPF_NO_SUCH_CONSTANT");

        Assert.Equal(found.Contains("BPF_TCX_INGRESS"), features.Tcx);
        Assert.Equal(found.Contains("BPF_MAP_UPDATE_BATCH"), features.BatchOperations);
        Assert.Null(features.Missing); // the tests load what needs it
        Assert.DoesNotContain("BPF_NO_SUCH_CONSTANT", found);
    }
}
