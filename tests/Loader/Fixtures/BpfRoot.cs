namespace Netweir.Loader.Tests;

/// <summary>A bpffs of the test's own; its pins end with it.</summary>
internal sealed class BpfRoot : IDisposable
{
    private readonly string _mount = Path.Combine(Path.GetTempPath(), $"nw-bpf-{Guid.NewGuid():N}");

    public BpfRoot() => BpfFs.EnsureMounted(_mount);

    /// <summary>What the product is given as its BPF root: a directory on the bpffs.</summary>
    public string Root => Path.Combine(_mount, "netweir");

    public override string ToString() => Root;

    public void Dispose()
    {
        Shell.Run("umount", _mount);
        Directory.Delete(_mount);
    }
}
