using System.Globalization;

namespace Netweir.NodeState.Foreign;

/// <summary>Processes, as far as this one may see them.</summary>
public static class NodeProcesses
{
    /// <summary>Those with one of these names (at most 15 characters, as the kernel keeps them) that share the calling thread's network namespace, or of which that cannot be told.</summary>
    public static IReadOnlyList<NodeProcess> Named(HostRoot host, params IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(host);
        string? own = Link("/proc/thread-self/ns/net");
        return [.. All(host).Where(p => names.Contains(p.Name) && (Link($"{host.Proc}/{p.Id}/ns/net") is not { } net || own is null || net == own))];
    }

    /// <summary>Who has the socket with this inode open; null when that cannot be seen.</summary>
    public static NodeProcess? OwnerOfSocket(HostRoot host, ulong inode)
    {
        ArgumentNullException.ThrowIfNull(host);
        string wanted = string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]");
        return All(host).FirstOrDefault(p => Descriptors($"{host.Proc}/{p.Id}/fd").Any(fd => Link(fd) == wanted));
    }

    private static IEnumerable<NodeProcess> All(HostRoot host)
    {
        foreach (string directory in Directory.EnumerateDirectories(host.Proc))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Name(directory) is { } name)
            {
                yield return new NodeProcess(id, name);
            }
        }
    }

    private static string? Name(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "comm")).TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended meanwhile
        }
    }

    private static string[] Descriptors(string directory)
    {
        try
        {
            return Directory.GetFileSystemEntries(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // it has ended meanwhile, or is not ours to look into
        }
    }

    private static string? Link(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false) is { } target ? Path.GetFileName(target.FullName) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
