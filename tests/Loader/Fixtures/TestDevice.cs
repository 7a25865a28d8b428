using Netweir.Netlink;

namespace Netweir.Loader.Tests;

/// <summary>A network namespace with a veth pair <c>a</c>, <c>b</c>, removed at the end.</summary>
internal sealed class TestDevice : IDisposable
{
    private readonly string _name = $"nw-ld-{Guid.NewGuid():N}"[..16];
    private readonly NetworkNamespace _namespace;

    public TestDevice()
    {
        _namespace = NetworkNamespace.Create(_name);
        Shell.Run("ip", "-n", _name, "link", "add", "a", "type", "veth", "peer", "name", "b");
        Shell.Run("ip", "-n", _name, "link", "set", "a", "up");
        Shell.Run("ip", "-n", _name, "link", "set", "b", "up");
        Ifindex = uint.Parse(Shell.Run("ip", "-n", _name, "-o", "link", "show", "a").Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    public uint Ifindex { get; }

    public T Run<T>(Func<T> action) => _namespace.Run(action);

    public void Run(Action action) => _namespace.Run(() =>
    {
        action();
        return true;
    });

    public void RemoveDevice() => Shell.Run("ip", "-n", _name, "link", "del", "a");

    public void Dispose()
    {
        _namespace.Dispose();
        NetworkNamespace.Delete(_name);
    }
}
