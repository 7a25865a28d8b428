using Netweir.Netlink;

namespace Netweir.Cni.Tests;

public sealed class NetworkNamespaceTests : IDisposable
{
    private readonly TestNamespace _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Sysctl_is_written_in_the_named_namespace_only()
    {
        string before = Sysctl.Read("net/ipv4/conf/default/rp_filter");
        string other = before == "2" ? "1" : "2";

        Sysctl.Write(_host.Handle, "net/ipv4/conf/default/rp_filter", other);

        Assert.Equal(other, _host.Handle.Run(() => Sysctl.Read("net/ipv4/conf/default/rp_filter")));
        Assert.Equal(before, Sysctl.Read("net/ipv4/conf/default/rp_filter"));
        Assert.Null(Sysctl.TryRead("net/ipv4/conf/nosuchdevice/rp_filter"));
    }

    [Fact]
    public void Namespace_run_stays_on_its_own_thread_and_passes_exceptions_on()
    {
        using NetworkNamespace before = NetworkNamespace.Current();
        ulong inside = _host.Handle.Run(() =>
        {
            using NetworkNamespace current = NetworkNamespace.Current();
            return current.Inode;
        });
        using NetworkNamespace after = NetworkNamespace.Current();

        Assert.Equal(_host.Handle.Inode, inside);
        Assert.Equal(before.Inode, after.Inode);
        Assert.NotEqual(before.Inode, inside);
        Assert.Throws<InvalidTimeZoneException>(() => _host.Handle.Run(() => throw new InvalidTimeZoneException()));
    }

    [Fact]
    public void Namespace_that_is_gone_is_told_apart()
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.Null(NetworkNamespace.TryOpen("/run/netns/no-such-namespace"));
            Assert.Null(NetworkNamespace.TryOpen(file));
            Assert.Contains("not a network namespace", Assert.Throws<NetlinkException>(() => NetworkNamespace.Open(file)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
