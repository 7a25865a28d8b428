using Netweir.Netlink;

namespace Netweir.Cni.Tests;

/// <summary>A network namespace with a unique name that is gone after the test, whatever happens in it.</summary>
internal sealed class TestNamespace : IDisposable
{
    public TestNamespace()
    {
        Name = $"nwt-{Guid.NewGuid():N}"[..16];
        Handle = NetworkNamespace.Create(Name);
        Netlink = Rtnetlink.Open(Handle);
    }

    public string Name { get; }

    public string Path => NetworkNamespace.NamedPath(Name);

    public NetworkNamespace Handle { get; }

    public Rtnetlink Netlink { get; }

    public void Dispose()
    {
        Netlink.Dispose();
        Handle.Dispose();
        NetworkNamespace.Delete(Name);
    }
}
