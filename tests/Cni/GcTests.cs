using System.Net;
using System.Text.Json;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni.Tests;

public sealed class GcTests : IDisposable
{
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Gc_removes_what_is_not_listed_and_what_belongs_to_nobody()
    {
        TestNamespace kept = _node.NewPod();
        JsonElement result = _node.Add("kept", kept);
        _node.Add("stale", _node.NewPod());
        _node.Host.Netlink.Links.CreateVeth(new VethSpec { Name = new AttachmentKey("nobody", "eth0").HostInterfaceName, PeerName = "p0" });
        File.WriteAllText(Path.Combine(_node.StateDir, "addresses", "10.244.1.99"), "nobody:eth0");
        using (EndpointMap map = _node.OpenMap())
        {
            map.Set([IPAddress.Parse("10.244.1.98")], new EndpointEntry(1, default, default));
        }

        PluginResult gc = _node.Run("GC", string.Empty, null, _node.Config(more: ""","cni.dev/valid-attachments":[{"containerID":"kept","ifname":"eth0"}]"""));

        Assert.Equal(new PluginResult(0, string.Empty, string.Empty), gc);
        Assert.Equal("kept", Assert.Single(_node.Store.List()).ContainerId);
        Assert.Equal(new PluginResult(0, string.Empty, string.Empty), _node.Check("kept", kept, result));
        Assert.Equal(0, _node.Run("GC", string.Empty, null, _node.Config(more: ""","cni.dev/valid-attachments":null""")).ExitCode);
        _node.AssertEmpty();
    }

    [Fact]
    public void Gc_spares_a_listed_pod_whose_record_cannot_be_read()
    {
        TestNamespace pod = _node.NewPod();
        _node.Add("c1", pod);
        EndpointRecord record = _node.Store.List()[0];
        File.WriteAllText(Path.Combine(_node.StateDir, "endpoints", "c1:eth0.json"), "{");

        Assert.Equal(0, _node.Run("GC", string.Empty, null, _node.Config(more: ""","cni.dev/valid-attachments":[{"containerID":"c1","ifname":"eth0"}]""")).ExitCode);

        Assert.NotNull(_node.Host.Netlink.Links.Find(record.HostInterfaceName));
        Assert.All(record.Addresses, a => Assert.Equal(record.Key, _node.Store.OwnerOf(a)));
        using (EndpointMap map = _node.OpenMap())
        {
            Assert.All(record.Addresses, a => Assert.NotNull(map.Find(a)));
        }

        Assert.Equal(0, _node.Run("GC", string.Empty, null, _node.Config(more: ""","cni.dev/valid-attachments":[]""")).ExitCode);
        _node.AssertEmpty();
    }

    [Fact]
    public void Gc_goes_on_after_a_failure_and_reports_it()
    {
        _node.Add("c1", _node.NewPod());
        _node.Add("c2", _node.NewPod());
        string stray = new AttachmentKey("nobody", "eth0").HostInterfaceName;
        _node.Host.Netlink.Links.CreateVeth(new VethSpec { Name = stray, PeerName = "p0" });
        string noBpf = Path.Combine(_node.Root, "plain");
        Directory.CreateDirectory(Path.Combine(noBpf, "maps"));
        File.WriteAllText(Path.Combine(noBpf, "maps", "nw_endpoints"), "not a map");
        string config = _node.Config(more: ""","cni.dev/valid-attachments":[]""");

        PluginResult gc = _node.Run("GC", string.Empty, null, config.Replace(_node.BpfRoot, noBpf, StringComparison.Ordinal));

        Assert.Equal((1, 104), (gc.ExitCode, gc.ErrorCode));
        string details = gc.Json.GetProperty("details").GetString()!;
        Assert.Contains("default/pod-c1: open " + noBpf, details, StringComparison.Ordinal);
        Assert.Contains("default/pod-c2: open " + noBpf, details, StringComparison.Ordinal);
        Assert.Null(_node.Host.Netlink.Links.Find(stray));
        Assert.Equal(2, _node.Store.List().Count);
        Assert.Equal(0, _node.Run("GC", string.Empty, null, config).ExitCode);
        _node.AssertEmpty();
    }
}
