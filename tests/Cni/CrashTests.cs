using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni.Tests;

public sealed class CrashTests : IDisposable
{
    private readonly TestNode _node = new();

    public static TheoryData<string> Steps => [.. Enum.GetNames<AddStep>()];

    public void Dispose() => _node.Dispose();

    [Theory]
    [MemberData(nameof(Steps))]
    public void Del_clears_up_after_an_add_that_died_at(string step)
    {
        TestNamespace pod = _node.NewPod();
        DieAt(Enum.Parse<AddStep>(step), pod);

        Assert.Equal(new PluginResult(0, string.Empty, string.Empty), _node.Run("DEL", "c1", pod));

        _node.AssertEmpty();
        Assert.Null(pod.Netlink.Links.Find("eth0"));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Gc_clears_up_after_an_add_that_died_at(string step)
    {
        TestNamespace pod = _node.NewPod();
        DieAt(Enum.Parse<AddStep>(step), pod);

        PluginResult gc = _node.Run("GC", string.Empty, null, _node.Config(more: ""","cni.dev/valid-attachments":[]"""));

        Assert.Equal(new PluginResult(0, string.Empty, string.Empty), gc);
        _node.AssertEmpty();
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Add_that_fails_undoes_itself_at(string step)
    {
        TestNamespace pod = _node.NewPod();
        Invocation invocation = _node.Invocation("ADD", "c1", pod);
        AddStep last = Enum.Parse<AddStep>(step);

        Assert.Throws<InjectedException>(() => _node.Host.Handle.Run(() => AddVerb.Run(invocation, Stream.Null, done => ThrowAt(last, done))));

        _node.AssertEmpty();
        Assert.Null(pod.Netlink.Links.Find("eth0"));
    }

    [Theory]
    [InlineData(nameof(AddStep.Recorded))]
    [InlineData(nameof(AddStep.InterfaceCreated))]
    [InlineData(nameof(AddStep.EndpointMapped))]
    public void Add_again_succeeds_after_one_that_died_at(string step)
    {
        TestNamespace pod = _node.NewPod();
        DieAt(Enum.Parse<AddStep>(step), pod);

        _node.Add("c1", pod);

        Assert.Equal(EndpointState.Ready, Assert.Single(_node.Store.List()).State);
        using EndpointMap map = _node.OpenMap();
        Assert.Equal(2, map.Addresses().Count);
    }

    [Fact]
    public void Pods_of_another_boot_are_forgotten_with_their_map_entries()
    {
        TestNamespace pod = _node.NewPod();
        _node.Add("old", pod);
        EndpointRecord old = _node.Store.List()[0];
        _node.Store.Save(old with { BootId = "another-boot" });
        File.WriteAllText(Path.Combine(_node.StateDir, "boot-id"), "another-boot");
        _node.Host.Netlink.Links.Delete(old.HostInterfaceIndex);

        _node.Add("new", _node.NewPod());

        Assert.Equal("new", Assert.Single(_node.Store.List()).ContainerId);
        using EndpointMap map = _node.OpenMap();
        Assert.All(old.Addresses, a => Assert.Null(map.Find(a)));
    }

    [Fact]
    public void Exhausted_range_is_told_and_pods_that_died_without_del_make_room()
    {
        using var small = new TestNode("10.244.9.0/30", null);
        TestNamespace doomed = small.NewPod();
        small.Add("c1", doomed);
        small.Add("c2", small.NewPod());

        PluginResult full = small.Run("ADD", "c3", small.NewPod());
        Assert.Equal((1, 100), (full.ExitCode, full.ErrorCode));
        Assert.Contains("10.244.9.0/30: all 2 usable addresses", full.Message, StringComparison.Ordinal);
        Assert.Equal(50, small.Run("STATUS", string.Empty, null).ErrorCode);
        doomed.Dispose();

        Assert.Equal(0, small.Run("STATUS", string.Empty, null).ExitCode);
        Assert.Equal("10.244.9.1/32", small.Add("c3", small.NewPod()).GetProperty("ips")[0].GetProperty("address").GetString());
    }

    [Fact]
    public void Address_of_an_add_that_died_before_its_record_is_given_when_the_range_is_full()
    {
        using var small = new TestNode("10.244.9.0/30", null);
        small.Add("c1", small.NewPod());
        string cutOff = Path.Combine(small.StateDir, "addresses", "10.244.9.2");
        File.WriteAllText(cutOff, "died:eth0");

        Assert.Equal(0, small.Run("STATUS", string.Empty, null).ExitCode);
        Assert.Equal("10.244.9.2/32", small.Add("c2", small.NewPod()).GetProperty("ips")[0].GetProperty("address").GetString());
        Assert.Equal("c2:eth0", File.ReadAllText(cutOff));
    }

    private void DieAt(AddStep last, TestNamespace pod)
    {
        Invocation invocation = _node.Invocation("ADD", "c1", pod);
        using PinnedDatapath datapath = PinnedDatapath.Open(_node.BpfRoot);
        var builder = new AttachmentBuilder(_node.Store, datapath, _node.Facts, done => ThrowAt(last, done));
        Assert.Throws<InjectedException>(() => _node.Host.Handle.Run(() => builder.Build(invocation, pod.Handle)));
    }

    private static void ThrowAt(AddStep last, AddStep done)
    {
        if (done == last)
        {
            throw new InjectedException();
        }
    }

    private sealed class InjectedException : Exception;
}
