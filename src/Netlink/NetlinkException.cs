using System.Runtime.InteropServices;

namespace Netweir.Netlink;

/// <summary>The kernel refused a request. The message names the operation, the errno and the kernel's own explanation when it gave one.</summary>
public sealed class NetlinkException : Exception
{
    public NetlinkException(string operation, int errno, string? kernelMessage = null)
        : base(Format(operation, errno, kernelMessage))
    {
        Operation = operation;
        ErrorNumber = errno;
        KernelMessage = kernelMessage;
    }

    public NetlinkException()
        : this("netlink", Errno.EIO)
    {
    }

    public NetlinkException(string message)
        : this(message, Errno.EIO)
    {
    }

    public NetlinkException(string message, Exception innerException)
        : base(message, innerException)
    {
        Operation = message;
        ErrorNumber = Errno.EIO;
    }

    public string Operation { get; }

    /// <summary>Positive errno; see <see cref="Errno"/>.</summary>
    public int ErrorNumber { get; }

    /// <summary>Extended acknowledgement text (NLMSGERR_ATTR_MSG), when the kernel sent one.</summary>
    public string? KernelMessage { get; }

    internal static NetlinkException FromLastError(string operation) => new(operation, Marshal.GetLastPInvokeError());

    private static string Format(string operation, int errno, string? kernelMessage)
    {
        string text = $"{operation}: {Errno.Name(errno)} ({Marshal.GetPInvokeErrorMessage(errno)})";
        return kernelMessage is null ? text : $"{text}: {kernelMessage}";
    }
}
