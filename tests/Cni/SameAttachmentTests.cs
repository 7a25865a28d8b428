using Netweir.Endpoints;

namespace Netweir.Cni.Tests;

/// <summary>Calls for one attachment at the same time, as a runtime makes them that gave up waiting.</summary>
public sealed class SameAttachmentTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);
    private readonly TestNode _node = new();

    public static TheoryData<string> Steps => [.. Enum.GetNames<AddStep>()];

    public void Dispose() => _node.Dispose();

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Del_waits_for_an_add_that_is_at(string step)
    {
        TestNamespace pod = _node.NewPod();
        Invocation invocation = _node.Invocation("ADD", "c1", pod);
        AddStep at = Enum.Parse<AddStep>(step);
        Task<PluginResult>? del = null;
        bool early = false;

        _node.Host.Handle.Run(() => AddVerb.Run(invocation, Stream.Null, done =>
        {
            if (done == at)
            {
                del = Task.Run(() => _node.Run("DEL", "c1", null));
                early = del.Wait(Moment);
            }
        }));

        Assert.False(early, "DEL did not wait");
        Assert.Equal(0, (await del!.WaitAsync(Patience)).ExitCode);
        _node.AssertEmpty();
        Assert.Null(pod.Netlink.Links.Find("eth0"));
    }

    [Fact]
    public async Task Other_attachments_do_not_wait()
    {
        using IDisposable? held = AttachmentLock.Acquire(_node.StateDir, new AttachmentKey("c1", "eth0"), create: true);
        var others = Enumerable.Range(0, 20).Select(i => AttachmentLock.Acquire(_node.StateDir, new AttachmentKey($"other{i}", "eth0"), create: true)!).ToList();
        Task<IDisposable?> same = Task.Run(() => AttachmentLock.Acquire(_node.StateDir, new AttachmentKey("c1", "eth0"), create: true));
        Task<PluginResult> add = Task.Run(() => _node.Run("ADD", "c2", _node.NewPod()));

        Assert.Equal(0, (await add.WaitAsync(Patience)).ExitCode);
        Assert.NotSame(same, await Task.WhenAny(same, Task.Delay(Moment)));
        held!.Dispose();
        (await same.WaitAsync(Patience))!.Dispose();
        others.ForEach(o => o.Dispose());
    }

    [Fact]
    public void Del_on_a_node_that_never_had_a_pod_makes_no_files()
    {
        Assert.Equal(0, _node.Run("DEL", "c1", null).ExitCode);

        Assert.False(Directory.Exists(_node.StateDir));
    }

    [Fact]
    public async Task Adds_and_dels_of_one_container_in_any_order_end_clean()
    {
        TestNamespace pod = _node.NewPod();
        Task[] calls = [.. Enumerable.Range(0, 24).Select(i => Task.Factory.StartNew(
            () => _node.Run(i % 2 == 0 ? "ADD" : "DEL", "c1", pod), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        await Task.WhenAll(calls).WaitAsync(Patience);

        Assert.Equal(0, _node.Run("DEL", "c1", pod).ExitCode);

        _node.AssertEmpty();
        Assert.Null(pod.Netlink.Links.Find("eth0"));
    }
}
