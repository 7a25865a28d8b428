using LibBpf.Interop;

namespace Netweir.Loader.Tests;

public sealed class ProgramTests : IDisposable
{
    private static readonly byte[] s_frame = new byte[60];
    private readonly BpfRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Refused_program_shows_the_end_of_the_verifiers_log_and_leaves_the_pinned_one()
    {
        var store = new ProgramStore(_root.Root);
        using LoadedObject old = Load(verdict: 1);
        store.Pin(old.Program("mark_it"));
        using OpenObject refused = OpenObject.From(BpfCompiler.Compile("Bpf/refused.c"));

        VerifierException e = Assert.Throws<VerifierException>(refused.PinMaps(_root.Root).Load);

        Assert.Equal("mark_it", e.Program);
        Assert.Contains("invalid access to packet", e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Message.Split('\n').Length, 5, 18);
        Assert.True(e.Log.Length > e.Message.Length);
        using BpfProgram still = store.Open("mark_it");
        Assert.Equal(old.Program("mark_it").Id, still.Id);
    }

    [Fact]
    public void Program_takes_the_place_of_the_pinned_one()
    {
        var store = new ProgramStore(_root.Root);
        using LoadedObject first = Load(verdict: 1);
        using LoadedObject second = Load(verdict: 2);

        store.Pin(first.Program("mark_it"));
        store.Pin(second.Program("mark_it"));
        store.Pin(second.Program("mark_it"));

        using BpfProgram pinned = store.Open("mark_it");
        Assert.Equal(second.Program("mark_it").Id, pinned.Id);
        Assert.Equal(2u, pinned.TestRun(new TestRunInput { Packet = s_frame }).ReturnValue);
        Assert.Equal(["mark_it"], store.List());
        Assert.Matches("^[0-9a-f]{16}$", pinned.Tag);
    }

    [Fact]
    public void Leftover_of_a_crash_while_pinning_is_in_nobodys_way()
    {
        var store = new ProgramStore(_root.Root);
        using LoadedObject loaded = Load(verdict: 1);
        store.Pin(loaded.Program("mark_it"));
        loaded.Program("mark_it").Fd.Pin(store.PathOf("mark_it") + "-new", "leftover");

        Assert.Equal(["mark_it"], store.List());
        store.Pin(loaded.Program("mark_it"));

        Assert.False(File.Exists(store.PathOf("mark_it") + "-new"));
        Assert.Null(store.TryOpen("no_such_program"));
    }

    [Fact]
    public void Constant_of_another_size_is_refused()
    {
        using OpenObject open = OpenObject.From(BpfCompiler.Compile("Bpf/small.c"));

        Assert.Contains("8 bytes", Assert.Throws<BpfException>(() => open.SetConstant("config", 1)).Message, StringComparison.Ordinal);
        Assert.Contains("no such variable", Assert.Throws<BpfException>(() => open.SetConstant("missing", 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Link_is_attached_updated_reopened_and_pruned_when_its_device_is_gone()
    {
        using var device = new TestDevice();
        using LoadedObject first = Load(verdict: 0), second = Load(verdict: 0);
        var links = new LinkStore(_root.Root);

        device.Run(() => links.Attach("from_netdev", device.Ifindex, TcxDirection.Ingress, first.Program("mark_it")));
        PinnedLink attached = Assert.Single(device.Run(links.List));
        device.Run(() => links.Attach("from_netdev", device.Ifindex, TcxDirection.Ingress, second.Program("mark_it")));
        PinnedLink updated = Assert.Single(device.Run(links.List));
        device.RemoveDevice();
        PinnedLink gone = Assert.Single(device.Run(links.List));

        Assert.Equal(new PinnedLink("from_netdev", device.Ifindex, device.Ifindex, TcxDirection.Ingress, first.Program("mark_it").Id), attached);
        Assert.Equal(attached with { ProgramId = second.Program("mark_it").Id }, updated);
        Assert.Equal(0u, gone.Ifindex);
        Assert.Equal([gone], device.Run(links.Prune));
        Assert.Empty(device.Run(links.List));
    }

    [Fact]
    public void Detached_link_is_gone()
    {
        using var device = new TestDevice();
        using LoadedObject loaded = Load(verdict: 0);
        var links = new LinkStore(_root.Root);
        device.Run(() => links.Attach("to_netdev", device.Ifindex, TcxDirection.Egress, loaded.Program("mark_it")));

        Assert.True(device.Run(() => links.Detach("to_netdev", device.Ifindex)));
        Assert.False(device.Run(() => links.Detach("to_netdev", device.Ifindex)));
        Assert.Equal(0, device.Run(() => Programs(device.Ifindex)));
    }

    [Fact]
    public void Attaching_to_no_device_names_the_device()
    {
        using var device = new TestDevice();
        using LoadedObject loaded = Load(verdict: 0);

        BpfException e = Assert.Throws<BpfException>(() =>
            device.Run(() => new LinkStore(_root.Root).Attach("from_netdev", 9999, TcxDirection.Ingress, loaded.Program("mark_it"))));

        Assert.Contains("device 9999", e.Message, StringComparison.Ordinal);
    }

    private static unsafe int Programs(uint ifindex)
    {
        Opts.Init(out bpf_prog_query_opts opts);
        Assert.Equal(0, LibBpf.Interop.LibBpf.bpf_prog_query_opts((int)ifindex, bpf_attach_type.BPF_TCX_EGRESS, &opts));
        return (int)opts.prog_cnt;
    }

    private LoadedObject Load(uint verdict)
    {
        using OpenObject open = OpenObject.From(BpfCompiler.Compile("Bpf/small.c"));
        return open.PinMaps(_root.Root).SetConstant("config", new SmallConfig(0, verdict)).Load();
    }
}
