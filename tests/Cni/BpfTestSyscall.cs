using System.Runtime.InteropServices;
using System.Text;

namespace Netweir.Cni.Tests;

/// <summary>The bpf(2) commands that make the objects an agent would have pinned.</summary>
internal static unsafe partial class BpfTestSyscall
{
    private const long SysBpf = 321;
    private const int MapCreate = 0;
    private const int ProgLoad = 5;
    private const int ObjPin = 6;
    private const int ObjGetInfoByFd = 15;
    private const int AttributeLength = 144;

    /// <summary>A sched_cls program that returns TC_ACT_OK.</summary>
    public static int LoadProgram()
    {
        ulong* code = stackalloc ulong[2] { 0x00000000000000b7, 0x0000000000000095 }; // r0 = 0; exit
        fixed (byte* license = "GPL\0"u8)
        {
            byte* a = stackalloc byte[AttributeLength];
            *(uint*)a = 3; // BPF_PROG_TYPE_SCHED_CLS
            *(uint*)(a + 4) = 2;
            *(ulong**)(a + 8) = code;
            *(byte**)(a + 16) = license;
            return Call(ProgLoad, a, "load program");
        }
    }

    public static int CreateMap(uint type, uint keySize, uint valueSize, uint entries)
    {
        byte* a = stackalloc byte[AttributeLength];
        *(uint*)a = type;
        *(uint*)(a + 4) = keySize;
        *(uint*)(a + 8) = valueSize;
        *(uint*)(a + 12) = entries;
        return Call(MapCreate, a, "create map");
    }

    public static void Pin(int fd, string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            byte* a = stackalloc byte[AttributeLength];
            *(byte**)a = name;
            *(int*)(a + 8) = fd;
            Call(ObjPin, a, $"pin {path}");
        }
    }

    /// <summary>The kernel's id of a program.</summary>
    public static uint ProgramId(int fd)
    {
        byte* info = stackalloc byte[256]; // struct bpf_prog_info: type, id
        byte* a = stackalloc byte[AttributeLength];
        *(int*)a = fd;
        *(uint*)(a + 4) = 8;
        *(byte**)(a + 8) = info;
        Call(ObjGetInfoByFd, a, "read program info");
        return *(uint*)(info + 4);
    }

    public static void MountBpf(string directory)
    {
        if (Mount("bpf", directory, "bpf", 0, null) < 0)
        {
            throw new IOException($"mount bpffs at {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <param name="options">As of mount(8): <c>size=64k,nr_inodes=20</c>.</param>
    public static void MountTmpfs(string directory, string options)
    {
        fixed (byte* data = Encoding.UTF8.GetBytes(options + '\0'))
        {
            if (Mount("tmpfs", directory, "tmpfs", 0, data) < 0)
            {
                throw new IOException($"mount tmpfs at {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    public static void Unmount(string directory) => _ = Unmount(directory, 2);

    public static void Close(int fd) => _ = CloseFd(fd);

    private static int Call(int command, byte* attribute, string what)
    {
        long result = Syscall(SysBpf, command, attribute, AttributeLength);
        return result < 0 ? throw new IOException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}") : (int)result;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(long number, int command, byte* attribute, uint size);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, ulong flags, void* data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseFd(int fd);
}
