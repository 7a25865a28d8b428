namespace Netweir.Endpoints;

/// <summary>The kernel's random id of this boot.</summary>
public static class BootId
{
    public static string Read() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
