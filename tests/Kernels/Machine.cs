using System.Runtime.InteropServices;

namespace Netweir.Kernels;

/// <summary>What an init has to do: nothing is mounted, no module is loaded, and the machine runs until it is switched off.</summary>
internal sealed unsafe partial class Machine
{
    private const string Modules = "/modules";
    private const int PowerOffCommand = 0x4321fedc; // linux/reboot.h
    private const int InitModule = 175; // __NR_init_module of x86-64
    private readonly bool _isInit = Environment.ProcessId == 1;

    public void Prepare()
    {
        if (!_isInit)
        {
            return;
        }
        Mount("proc", "/proc");
        Mount("sysfs", "/sys");
        Mount("devtmpfs", "/dev");
        Mount("bpf", "/sys/fs/bpf");
        Mount("tmpfs", "/run");
        // Named so that their order is the one in which they need each other.
        foreach (var module in Directory.GetFiles(Modules).Order(StringComparer.Ordinal))
        {
            Load(module);
        }
        File.WriteAllText("/proc/sys/kernel/printk", "1");
    }

    public void PowerOff()
    {
        if (_isInit)
        {
            _ = reboot(PowerOffCommand);
        }
    }

    private static void Mount(string type, string target)
    {
        Directory.CreateDirectory(target);
        if (mount(type, target, type, 0, null) != 0 && Marshal.GetLastPInvokeError() is var errno && errno != 16)
        {
            throw new IOException($"mount {type} at {target}: errno {errno}");
        }
    }

    private static void Load(string path)
    {
        var image = File.ReadAllBytes(path);
        fixed (byte* start = image)
        {
            if (syscall(InitModule, start, (nuint)image.Length, string.Empty) != 0)
            {
                throw new IOException($"load module {Path.GetFileName(path)}: errno {Marshal.GetLastPInvokeError()}");
            }
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, ulong flags, void* data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int reboot(int command);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall(long number, byte* image, nuint length, string parameters);
}
