using Netweir.Controller.Services;
using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Controller.Tests.Services;

/// <summary>The five maps in the kernel, empty, as the datapath's object declares them, pinned under a directory of their own until disposed.</summary>
internal sealed class KernelMaps : IDisposable
{
    private readonly string _root = $"/sys/fs/bpf/netweir-services-{Guid.NewGuid():N}";
    private readonly LoadedObject? _object;

    public KernelMaps()
    {
        try
        {
            _object = OpenObject.FromFile(ObjectPath()).PinMaps(_root).Load();
            Maps = NetweirMaps.OpenPinned(_root);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NetweirMaps Maps { get; } = null!;

    public ServiceMaps Open() => ServiceMaps.Of(Maps);

    public void Dispose()
    {
        Maps?.Dispose();
        _object?.Dispose();
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    private static string ObjectPath() => Path.Combine(Repository.Root, "artifacts", "bpf", "netweir.bpf.o");
}
