namespace Netweir.Loader;

/// <summary>The kernel refused something about a BPF object. The message names the object, the cause and, where known, the remedy.</summary>
public class BpfException : Exception
{
    public BpfException()
    {
    }

    public BpfException(string message)
        : base(message)
    {
    }

    public BpfException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="operation">A verb phrase: <c>update</c>, <c>pin</c>.</param>
    /// <param name="target">What it was done to: <c>map nw_nodes</c>.</param>
    /// <param name="errno">Positive.</param>
    /// <param name="remedy">Overrides what is generally known about <paramref name="errno"/>.</param>
    public BpfException(string operation, string target, int errno, string? remedy = null)
        : base($"cannot {operation} {target}: {BpfErrno.Name(errno)}: {remedy ?? Explain(errno)}")
    {
        Operation = operation;
        Target = target;
        Errno = errno;
    }

    public string Operation { get; } = "";

    public string Target { get; } = "";

    /// <summary>Positive; 0 when the refusal has another source.</summary>
    public int Errno { get; }

    private static string Explain(int errno) => errno switch
    {
        BpfErrno.EPERM or BpfErrno.EACCES => "not permitted; run as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN",
        BpfErrno.ENOENT => "it does not exist",
        BpfErrno.EEXIST => "it exists already",
        BpfErrno.E2BIG => "the map is full; raise its max_entries",
        BpfErrno.ENOMEM => "the kernel has no memory for it; raise the memory limit of this process's cgroup",
        BpfErrno.ENODEV => "no such device",
        BpfErrno.EINVAL => "the kernel does not know this operation for it, or an argument does not fit",
        BpfErrno.EBUSY => "it is in use",
        BpfErrno.ENOTSUP or BpfErrno.ENOTSUPP => "this kernel does not support it",
        _ => "the kernel says no more than that",
    };
}
