using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>BTF that the kernel keeps for what was loaded.</summary>
internal static unsafe class KernelBtf
{
    /// <param name="target">Whose it is, for messages.</param>
    public static Btf Read(uint id, string target)
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
