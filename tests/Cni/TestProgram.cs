namespace Netweir.Cni.Tests;

internal sealed class TestProgram : IDisposable
{
    private TestProgram(int fd) => Fd = fd;

    public int Fd { get; }

    public static TestProgram Load() => new(BpfTestSyscall.LoadProgram());

    public void Dispose() => BpfTestSyscall.Close(Fd);
}
