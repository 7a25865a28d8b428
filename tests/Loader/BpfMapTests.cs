using LibBpf.Interop;
using Netweir.Maps;

namespace Netweir.Loader.Tests;

public sealed class BpfMapTests : IDisposable
{
    private readonly BpfRoot _root = new();
    private readonly LoadedObject _loaded;
    private readonly BpfMap<ItemKey, Item> _items;

    public BpfMapTests()
    {
        using OpenObject open = OpenObject.From(BpfCompiler.Compile("Bpf/small.c"));
        _loaded = open.PinMaps(_root.Root).Load();
        _items = BpfMap.OpenPinned<ItemKey, Item>(BpfPaths.Map(_root.Root, "nw_items"), "nw_items");
    }

    public void Dispose()
    {
        _items.Dispose();
        _loaded.Dispose();
        _root.Dispose();
    }

    [Fact]
    public void Entry_can_be_written_read_and_deleted()
    {
        _items.Update(Key(80), new Item { Stamp = 5, Number = 6 });

        Assert.True(_items.TryLookup(Key(80), out Item found));
        Assert.Equal(new Item { Stamp = 5, Number = 6 }, found);
        Assert.False(_items.TryLookup(Key(81), out _));
        Assert.True(_items.Delete(Key(80)));
        Assert.False(_items.Delete(Key(80)));
    }

    [Fact]
    public void Entry_can_be_taken_and_put_back()
    {
        Assert.True(_items.TryAdd(Key(80), new Item { Stamp = 5 }));
        Assert.False(_items.TryAdd(Key(80), new Item { Stamp = 6 }));

        Assert.True(_items.TryTake(Key(80), out Item taken));
        Assert.Equal(new Item { Stamp = 5 }, taken);
        Assert.False(_items.TryTake(Key(80), out _));
        Assert.False(_items.TryLookup(Key(80), out _));
    }

    [Fact]
    public void Update_mode_is_the_kernels()
    {
        BpfException missing = Assert.Throws<BpfException>(() => _items.Update(Key(1), default, MapUpdate.Exist));
        _items.Update(Key(1), default, MapUpdate.NoExist);
        BpfException present = Assert.Throws<BpfException>(() => _items.Update(Key(1), default, MapUpdate.NoExist));

        Assert.Equal((BpfErrno.ENOENT, BpfErrno.EEXIST), (missing.Errno, present.Errno));
        Assert.Contains("map nw_items", present.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_write_list_and_delete_everything()
    {
        KeyValuePair<ItemKey, Item>[] entries = [.. Enumerable.Range(1, 1100).Select(i => KeyValuePair.Create(Key(i), new Item { Stamp = (ulong)i }))];

        _items.UpdateBatch(entries);
        Dictionary<ItemKey, Item> listed = _items.Entries().ToDictionary(e => e.Key, e => e.Value);
        _items.DeleteBatch([Key(2000), .. entries.Take(1000).Select(e => e.Key), Key(2001)]);

        Assert.Equal(entries.ToDictionary(e => e.Key, e => e.Value), listed);
        Assert.Equal(Enumerable.Range(1001, 100), _items.Entries().Select(e => (int)e.Value.Stamp).Order());
    }

    [Fact]
    public void Full_map_says_so()
    {
        KeyValuePair<ItemKey, Item>[] entries = [.. Enumerable.Range(1, 1300).Select(i => KeyValuePair.Create(Key(i), default(Item)))];

        BpfException e = Assert.Throws<BpfException>(() => _items.UpdateBatch(entries));

        Assert.Equal(BpfErrno.E2BIG, e.Errno);
        Assert.Contains("1200 entries", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Array_lists_all_its_places()
    {
        using BpfMap<uint, ulong> seen = _loaded.Map<uint, ulong>("nw_seen");
        seen.Update(1, 10);

        Assert.Equal([0ul, 10ul, 0ul], seen.Entries().OrderBy(e => e.Key).Select(e => e.Value));
        Assert.Equal(BpfErrno.EINVAL, Assert.Throws<BpfException>(() => seen.Delete(1)).Errno);
    }

    [Fact]
    public void Map_is_not_opened_with_types_of_other_sizes()
    {
        string path = BpfPaths.Map(_root.Root, "nw_items");

        MapLayoutException e = Assert.Throws<MapLayoutException>(() => BpfMap.OpenPinned<uint, uint>(path, "nw_items"));

        Assert.Contains("key of 20 bytes", e.Found, StringComparison.Ordinal);
        Assert.Contains("key of 4 bytes", e.Wanted, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_that_is_not_pinned_is_missed_by_its_path()
    {
        BpfException e = Assert.Throws<BpfException>(() => BpfMap.OpenPinned<uint, uint>(BpfPaths.Map(_root.Root, "nw_none"), "nw_none"));

        Assert.Equal(BpfErrno.ENOENT, e.Errno);
        Assert.Contains($"{_root}/maps/nw_none", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pinned_map_keeps_its_entries_when_the_object_is_loaded_again()
    {
        _items.Update(Key(7), new Item { Stamp = 7 });
        using OpenObject open = OpenObject.From(BpfCompiler.Compile("Bpf/small.c"));
        using LoadedObject again = open.PinMaps(_root.Root).Load();
        using BpfMap<ItemKey, Item> items = again.Map<ItemKey, Item>("nw_items");

        Assert.Equal(_items.Info.Id, items.Info.Id);
        Assert.True(items.TryLookup(Key(7), out _));
    }

    [Fact]
    public void Pinned_map_of_another_layout_is_refused_with_both_layouts()
    {
        using OpenObject larger = OpenObject.From(BpfCompiler.Compile("Bpf/small.c"));
        larger.SetMaxEntries("nw_items", 5000).PinMaps(_root.Root);
        using OpenObject renamed = OpenObject.From(BpfCompiler.Compile("Bpf/small.c", "-Dstamp=other"));
        renamed.PinMaps(_root.Root);

        MapLayoutException size = Assert.Throws<MapLayoutException>(larger.Load);
        MapLayoutException field = Assert.Throws<MapLayoutException>(renamed.Load);

        Assert.Equal("nw_items", size.Map);
        Assert.Contains("5000 entries", size.Wanted, StringComparison.Ordinal);
        Assert.Contains("1200 entries", size.Found, StringComparison.Ordinal);
        Assert.Contains("other:u64@0", field.Wanted, StringComparison.Ordinal);
        Assert.Contains("stamp:u64@0", field.Found, StringComparison.Ordinal);
        Assert.Contains("start this version's agent", field.Message, StringComparison.Ordinal);
    }

    private static ItemKey Key(int port) => new() { Address = Address.Parse("10.0.0.1"), Port = Be16.From(port), Protocol = 6 };
}
