using Netweir.Netlink;

namespace Netweir.Loader.Tests;

/// <summary>A network namespace with a veth pair <c>test0</c>, <c>test1</c>, removed at the end.</summary>
internal sealed class TestDevice : IDisposable
{
    private readonly string _name = $"nw-ld-{Guid.NewGuid():N}"[..16];
    private readonly NetworkNamespace _namespace;

    public TestDevice()
    {
        _namespace = NetworkNamespace.Create(_name);
        try
        {
            Shell.Run("ip", "-n", _name, "link", "add", "test0", "type", "veth", "peer", "name", "test1");
            Shell.Run("ip", "-n", _name, "link", "set", "test0", "up");
            Shell.Run("ip", "-n", _name, "link", "set", "test1", "up");
            Ifindex = uint.Parse(Shell.Run("ip", "-n", _name, "-o", "link", "show", "test0").Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public uint Ifindex { get; }

    public T Run<T>(Func<T> action) => _namespace.Run(action);

    public void Run(Action action) => _namespace.Run(() =>
    {
        action();
        return true;
    });

    public void RemoveDevice() => Shell.Run("ip", "-n", _name, "link", "del", "test0");

    public void Dispose()
    {
        _namespace.Dispose();
        NetworkNamespace.Delete(_name);
    }
}
