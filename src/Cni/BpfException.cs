using System.Runtime.InteropServices;

namespace Netweir.Cni;

/// <summary>A bpf(2) call failed.</summary>
internal sealed class BpfException(string operation, int errno) : Exception($"{operation}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
{
    public const int ENOENT = 2;
    public const int E2BIG = 7;

    public int ErrorNumber { get; } = errno;
}
