using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Netweir.Cni;

/// <summary>
/// A pinned program or map. The plugin calls bpf(2) itself: it needs six commands, and an executable that starts in milliseconds must not
/// load libbpf.
/// </summary>
internal sealed unsafe partial class BpfObject : SafeHandleMinusOneIsInvalid
{
    private const int MapLookupElement = 1;
    private const int MapUpdateElement = 2;
    private const int MapDeleteElement = 3;
    private const int MapGetNextKey = 4;
    private const int ObjectGet = 7;
    private const int ObjectGetInfo = 15;
    private readonly string _path;

    private BpfObject(int fd, string path)
        : base(ownsHandle: true)
    {
        SetHandle(fd);
        _path = path;
    }

    public int Fd => (int)handle;

    /// <exception cref="BpfException">Nothing is pinned at the path, or it may not be opened.</exception>
    public static BpfObject Open(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var attribute = new ObjectAttribute { Path = (ulong)name };
            long fd = Call(ObjectGet, &attribute, (uint)sizeof(ObjectAttribute));
            return fd >= 0 ? new BpfObject((int)fd, path) : throw new BpfException($"open {path}", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Bytes of a map's keys and values.</summary>
    public (int Key, int Value) MapSizes()
    {
        var info = default(MapInformation);
        var attribute = new InformationAttribute { ObjectFd = (uint)Fd, Length = (uint)sizeof(MapInformation), Information = (ulong)&info };
        return Call(ObjectGetInfo, &attribute, (uint)sizeof(InformationAttribute)) < 0
            ? throw new BpfException($"read the properties of {_path}", Marshal.GetLastPInvokeError())
            : ((int)info.KeySize, (int)info.ValueSize);
    }

    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* v = value)
        {
            if (Element(MapUpdateElement, key, v) < 0)
            {
                throw new BpfException($"write to {_path}", Marshal.GetLastPInvokeError());
            }
        }
    }

    /// <returns>False when the key is not there.</returns>
    public bool Lookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        fixed (byte* v = value)
        {
            return Found(Element(MapLookupElement, key, v), "read");
        }
    }

    /// <returns>False when the key was not there.</returns>
    public bool Delete(ReadOnlySpan<byte> key) => Found(Element(MapDeleteElement, key, null), "delete from");

    /// <summary>Every key at about one moment; the map may change under way.</summary>
    /// <param name="keyLength">Bytes.</param>
    /// <param name="limit">At most so many, lest deletions by others start the walk anew for ever.</param>
    public List<byte[]> Keys(int keyLength, int limit)
    {
        var keys = new List<byte[]>();
        byte[] next = new byte[keyLength];
        fixed (byte* n = next)
        {
            while (keys.Count < limit && Found(Element(MapGetNextKey, keys.Count == 0 ? default : keys[^1].AsSpan(), n), "list"))
            {
                keys.Add([.. next]);
            }
        }

        return keys;
    }

    protected override bool ReleaseHandle() => Close(Fd) == 0;

    private long Element(int command, ReadOnlySpan<byte> key, byte* value)
    {
        fixed (byte* k = key)
        {
            var attribute = new ElementAttribute { MapFd = (uint)Fd, Key = (ulong)k, Value = (ulong)value };
            return Call(command, &attribute, (uint)sizeof(ElementAttribute));
        }
    }

    private bool Found(long result, string verb)
    {
        int errno = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        return errno is 0 or BpfException.ENOENT ? errno == 0 : throw new BpfException($"{verb} {_path}", errno);
    }

    private static long Call(int command, void* attribute, uint size) =>
        Syscall(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280, command, attribute, size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(long number, int command, void* attribute, uint size);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);

    /// <summary>union bpf_attr for BPF_MAP_*_ELEM.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ElementAttribute
    {
        public uint MapFd;
        public uint Pad;
        public ulong Key;
        public ulong Value;
        public ulong Flags;
    }

    /// <summary>union bpf_attr for BPF_OBJ_GET.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ObjectAttribute
    {
        public ulong Path;
        public uint Fd;
        public uint FileFlags;
    }

    /// <summary>union bpf_attr for BPF_OBJ_GET_INFO_BY_FD.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct InformationAttribute
    {
        public uint ObjectFd;
        public uint Length;
        public ulong Information;
    }

    /// <summary>The beginning of struct bpf_map_info: the kernel fills in as much as is asked for.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MapInformation
    {
        public uint Type;
        public uint Id;
        public uint KeySize;
        public uint ValueSize;
    }
}
