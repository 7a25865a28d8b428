namespace Netweir.Endpoints;

/// <summary>The kernel's random id of this boot.</summary>
public static class BootId
{
    private const string Path = "/proc/sys/kernel/random/boot_id";

    public static string Read() => SmallFile.TryRead(Path)?.Trim() ?? throw new FileNotFoundException($"{Path} is missing: is /proc mounted?", Path);
}
