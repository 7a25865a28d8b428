using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>May a pinned map be used for a declared one? Sizes must agree, and so must the fields where the kernel has both maps' BTF.</summary>
internal static unsafe class PinnedMapCheck
{
    public static void ThrowIfDifferent(string path, MapSpec spec, Btf btf)
    {
        string target = $"map {spec.Name}";
        using BpfFd? fd = BpfFd.TryOpenPinned(path, target);
        if (fd is null)
        {
            return;
        }

        MapInfo info = MapInfo.Of(fd, target);
        string wanted = MapLayout.Describe(spec.Type, spec.KeySize, spec.ValueSize, spec.MaxEntries, spec.MapFlags);
        string found = MapLayout.Describe(info.Type, info.KeySize, info.ValueSize, info.MaxEntries, info.MapFlags);
        if (wanted == found && info.BtfId != 0 && info.ValueTypeId != 0 && spec.KeyType != 0 && spec.ValueType != 0)
        {
            Btf other = ReadKernelBtf(info.BtfId, target);
            wanted = $"{MapLayout.Describe(btf, spec.KeyType)} -> {MapLayout.Describe(btf, spec.ValueType)}";
            found = $"{MapLayout.Describe(other, info.KeyTypeId)} -> {MapLayout.Describe(other, info.ValueTypeId)}";
        }

        if (wanted != found)
        {
            throw new MapLayoutException(spec.Name, path, wanted, found);
        }
    }

    private static Btf ReadKernelBtf(uint id, string target)
    {
        int result = Native.bpf_btf_get_fd_by_id(id);
        using var fd = result >= 0 ? new BpfFd(result) : throw new BpfException("open the BTF of", target, -result);
        byte[] raw = [];
        for (int round = 0; round < 2; round++)
        {
            fixed (byte* bytes = raw)
            {
                bpf_btf_info info = new() { btf = (ulong)bytes, btf_size = (uint)raw.Length };
                uint size = (uint)sizeof(bpf_btf_info);
                result = Native.bpf_obj_get_info_by_fd(fd.Value, &info, &size);
                if (result < 0)
                {
                    throw new BpfException("read the BTF of", target, -result);
                }

                raw = round == 0 ? new byte[info.btf_size] : raw;
            }
        }

        return Btf.Parse(raw);
    }
}
