using System.Globalization;

namespace Netweir.Loader;

/// <summary>Keeps TCX links pinned as <c>&lt;root&gt;/links/&lt;hook&gt;-&lt;ifindex&gt;</c>. An ifindex means the network namespace of the calling thread.</summary>
public sealed class LinkStore(string root)
{
    private readonly string _directory = BpfPaths.Links(root);

    /// <summary>Attaches a program to a device, or replaces the program that <paramref name="hook"/> has there, without a gap. Idempotent.</summary>
    public void Attach(string hook, uint ifindex, TcxDirection direction, BpfProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        Directory.CreateDirectory(_directory);
        string path = PathOf(hook, ifindex);
        using TcxLink? existing = TcxLink.TryOpenPinned(path);
        if (existing is { IsDeviceGone: false } && existing.Ifindex == ifindex && existing.Direction == direction)
        {
            if (existing.ProgramId != program.Id)
            {
                existing.Update(program);
            }

            return;
        }

        File.Delete(path);
        using TcxLink link = TcxLink.Attach(program, ifindex, direction);
        link.Pin(path);
    }

    /// <returns>false: there was none.</returns>
    public bool Detach(string hook, uint ifindex)
    {
        string path = PathOf(hook, ifindex);
        using TcxLink? link = TcxLink.TryOpenPinned(path);
        if (link is null)
        {
            return false;
        }

        link.Detach();
        File.Delete(path);
        return true;
    }

    /// <summary>All pinned links, sorted by hook and device; empty when there is no such directory.</summary>
    public IReadOnlyList<PinnedLink> List()
    {
        if (!Directory.Exists(_directory))
        {
            return [];
        }

        IEnumerable<PinnedLink?> links = Directory.EnumerateFileSystemEntries(_directory).Select(Read);
        return [.. links.OfType<PinnedLink>().OrderBy(l => l.Hook, StringComparer.Ordinal).ThenBy(l => l.PinnedIfindex)];
    }

    /// <summary>Removes the pins of links whose device is gone.</summary>
    /// <returns>What was removed.</returns>
    public IReadOnlyList<PinnedLink> Prune()
    {
        List<PinnedLink> gone = [.. List().Where(l => l.Ifindex == 0)];
        gone.ForEach(l => File.Delete(PathOf(l.Hook, l.PinnedIfindex)));
        return gone;
    }

    private static PinnedLink? Read(string path)
    {
        string name = Path.GetFileName(path);
        int dash = name.LastIndexOf('-');
        using TcxLink? link = TcxLink.TryOpenPinned(path);
        return link is not null && dash > 0 && uint.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out uint ifindex)
            ? new PinnedLink(name[..dash], ifindex, link.Ifindex, link.Direction, link.ProgramId)
            : null;
    }

    private string PathOf(string hook, uint ifindex) => Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{hook}-{ifindex}"));
}
