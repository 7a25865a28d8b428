using System.Text;

namespace Netweir.Netlink;

/// <summary>
/// Kernel settings below /proc/sys, named with slashes (<c>net/ipv4/conf/eth0/rp_filter</c>). Those below <c>net</c> belong to the
/// network namespace of the calling thread; pass a namespace to reach another one.
/// </summary>
public static class Sysctl
{
    /// <summary>A container that is not privileged has a read-only /proc/sys; the DaemonSet mounts /proc/sys/net of the node here.</summary>
    private const string OfTheNode = "/host/proc/sys/";

    private static readonly string s_root = Directory.Exists(OfTheNode + "net") ? OfTheNode : "/proc/sys/";

    public static string Read(string name) => File.ReadAllText(PathOf(name)).TrimEnd();

    /// <summary>Null when the kernel does not have the setting (no such device, IPv6 not built in).</summary>
    public static string? TryRead(string name) => File.Exists(PathOf(name)) ? Read(name) : null;

    /// <summary>What is below a directory of settings, such as the devices of <c>net/ipv4/conf</c>; empty where the kernel does not have it.</summary>
    public static IReadOnlyList<string> Children(string name) =>
        Directory.Exists(PathOf(name)) ? [.. Directory.EnumerateFileSystemEntries(PathOf(name)).Select(p => Path.GetFileName(p))] : [];

    /// <exception cref="IOException">The setting does not exist or the kernel refused the value.</exception>
    public static void Write(string name, string value)
    {
        using var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(Encoding.ASCII.GetBytes(value));
    }

    public static void Write(NetworkNamespace networkNamespace, string name, string value) => networkNamespace.Run(() => Write(name, value));

    private static string PathOf(string name) => s_root + name;
}
