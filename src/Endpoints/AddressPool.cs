using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Netweir.Endpoints;

/// <summary>
/// Who has which address: one file per address, named by it and holding its owner's key. Allocation goes round the range, so that an
/// address is used again as late as possible. Callers hold the store's lock for everything that writes.
/// </summary>
internal sealed class AddressPool(string stateDirectory)
{
    /// <summary>So many taken addresses in a row are looked up one by one; then the directory is read once.</summary>
    private const int SingleLookups = 32;

    /// <summary>Longer than any address.</summary>
    private const int CursorLength = 64;
    private readonly string _directory = Path.Combine(stateDirectory, "addresses");

    public void CreateDirectory() => Directory.CreateDirectory(_directory);

    /// <summary>Takes the next free address of the range; null when there is none.</summary>
    public IPAddress? TryTake(AddressRange range, AttachmentKey owner)
    {
        ulong position = NextPosition(range);
        HashSet<string>? taken = null;
        for (ulong i = 0; i < range.Count; i++)
        {
            string name = range[position].ToString();
            if (i == SingleLookups)
            {
                taken = [.. Names()];
            }

            if (taken is null ? !File.Exists(PathOf(name)) : !taken.Contains(name))
            {
                AtomicFile.WriteLocked(stateDirectory, PathOf(name), Encoding.UTF8.GetBytes(owner.ToString()));
                WriteCursor(CursorPath(range), name);
                return IPAddress.Parse(name);
            }

            position = position + 1 == range.Count ? 0 : position + 1;
        }

        return null;
    }

    /// <summary>Frees the address when it is the owner's; another's is left alone.</summary>
    public bool Release(IPAddress address, AttachmentKey owner)
    {
        if (OwnerOf(address) != owner)
        {
            return false;
        }

        File.Delete(PathOf(address.ToString()));
        return true;
    }

    /// <summary>Frees the address whoever has it, for files that name no owner.</summary>
    public void ReleaseUnowned(IPAddress address) => File.Delete(PathOf(address.ToString()));

    /// <summary>Null when the address is free, or when its file was left empty by a power failure.</summary>
    public AttachmentKey? OwnerOf(IPAddress address)
    {
        try
        {
            return AttachmentKey.TryParse(File.ReadAllText(PathOf(address.ToString())));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public List<IPAddress> List()
    {
        var addresses = new List<IPAddress>();
        foreach (string name in Names())
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }

    private IEnumerable<string> Names() => Directory.Exists(_directory) ? Directory.EnumerateFiles(_directory).Select(p => Path.GetFileName(p)) : [];

    private string PathOf(string name) => Path.Combine(_directory, name);

    private string CursorPath(AddressRange range) =>
        Path.Combine(stateDirectory, string.Create(CultureInfo.InvariantCulture, $"cursor-{range.Network.BaseAddress}-{range.Network.PrefixLength}"));

    /// <summary>In place, by one write of always the same length: replacing the file would make ext4 wait for the disk, under the store's lock.</summary>
    private static void WriteCursor(string path, string name)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(name.PadRight(CursorLength - 1) + '\n'), 0);
    }

    private ulong NextPosition(AddressRange range)
    {
        if (!IPAddress.TryParse(SmallFile.TryRead(CursorPath(range))?.TrimEnd(), out IPAddress? last) || range.PositionOf(last) is not { } position)
        {
            return 0;
        }

        return position + 1 == range.Count ? 0 : position + 1;
    }
}
