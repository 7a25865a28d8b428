using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.Ctl;

/// <summary>Writes a .tar.gz with everything that could be read, and a list of what could not and why.</summary>
/// <param name="directory">The one directory that it unpacks to.</param>
/// <param name="progress">Told of every file.</param>
internal sealed class BugArchive(string directory, TextWriter progress)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly StringBuilder _contents = new();

    /// <summary>The file is whole or not there, and for its owner alone.</summary>
    /// <exception cref="CtlException">It cannot be written.</exception>
    public void Write(string path, IReadOnlyList<BugItem> items)
    {
        string full = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.new");
        try
        {
            File.Delete(temporary);
            using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private }))
            {
                WriteTo(file, items);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            throw new CtlException($"cannot write {full}: {e.Message}; choose another place with -f FILE", e);
        }
    }

    private void WriteTo(Stream file, IReadOnlyList<BugItem> items)
    {
        using var zip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
        using var tar = new TarWriter(zip, TarEntryFormat.Pax);
        foreach (BugItem item in items)
        {
            progress.Write($"{item.Name}: ");
            string said = Add(tar, item);
            progress.Write(said + "\n");
            _contents.Append(CultureInfo.InvariantCulture, $"{item.Name}: {Redactor.Clean(said)}\n");
        }

        Entry(tar, "contents.txt", "Collected by 'ctl bugtool'. What looks like a secret was replaced by [redacted]; look through it all the same before you give it away.\n\n" + _contents);
    }

    private string Add(TarWriter tar, BugItem item)
    {
        string? text;
        try
        {
            text = item.Read();
        }
        catch (Exception e) when (e is CtlException or BpfException or NetlinkException or IOException or UnauthorizedAccessException or InvalidDataException
            or System.ComponentModel.Win32Exception)
        {
            return $"not collected: {e.Message.ReplaceLineEndings(" ")}";
        }

        if (text is null)
        {
            return "not on this node";
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Entry(tar, item.Name, Redactor.Clean(text))} bytes");
    }

    private int Entry(TarWriter tar, string name, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        using var data = new MemoryStream(bytes);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{directory}/{name}") { DataStream = data, Mode = Private, ModificationTime = DateTimeOffset.UtcNow });
        return bytes.Length;
    }
}
