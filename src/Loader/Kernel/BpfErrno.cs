namespace Netweir.Loader;

/// <summary>Linux error numbers (asm-generic/errno.h) that the bpf system call answers with.</summary>
public static class BpfErrno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EBADF = 9;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EFAULT = 14;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EINVAL = 22;
    public const int ENOSPC = 28;
    public const int E2BIG = 7;
    public const int ENOLINK = 67;
    public const int ENOTSUP = 95;
    /// <summary>The kernel's own "not supported" (include/linux/errno.h), which user space is not meant to see, but does.</summary>
    public const int ENOTSUPP = 524;

    /// <summary><c>ENOENT</c>, or <c>errno 1234</c> for one without a name here.</summary>
    public static string Name(int errno) => errno switch
    {
        EPERM => nameof(EPERM),
        ENOENT => nameof(ENOENT),
        4 => "EINTR",
        5 => "EIO",
        E2BIG => nameof(E2BIG),
        EBADF => nameof(EBADF),
        11 => "EAGAIN",
        ENOMEM => nameof(ENOMEM),
        EACCES => nameof(EACCES),
        EFAULT => nameof(EFAULT),
        EBUSY => nameof(EBUSY),
        EEXIST => nameof(EEXIST),
        18 => "EXDEV",
        ENODEV => nameof(ENODEV),
        ENOTDIR => nameof(ENOTDIR),
        EINVAL => nameof(EINVAL),
        24 => "EMFILE",
        ENOSPC => nameof(ENOSPC),
        34 => "ERANGE",
        36 => "ENAMETOOLONG",
        ENOLINK => nameof(ENOLINK),
        ENOTSUP => nameof(ENOTSUP),
        ENOTSUPP => nameof(ENOTSUPP),
        _ => $"errno {errno}",
    };
}
