using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>Asks the kernel whether it takes programs, by loading some that do nothing. They are gone when their descriptor is.</summary>
public static unsafe class ProgramProbe
{
    private const byte MoveImmediate64 = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
    private const byte Exit = 0x95; // BPF_JMP | BPF_EXIT

    /// <summary>A program for tc that lets every packet go on (TC_ACT_UNSPEC).</summary>
    /// <exception cref="BpfException">EPERM: this process may not load programs; EINVAL: the kernel has no such programs.</exception>
    public static BpfProgram Load()
    {
        const string name = "nw_probe";
        bpf_insn* code = stackalloc bpf_insn[2];
        code[0] = new bpf_insn { code = MoveImmediate64, imm = -1 };
        code[1] = new bpf_insn { code = Exit };
        fixed (byte* zeroName = Utf8.Zero(name), licence = "GPL\0"u8)
        {
            int fd = Native.bpf_prog_load(bpf_prog_type.BPF_PROG_TYPE_SCHED_CLS, zeroName, licence, code, 2, null);
            return fd >= 0 ? new BpfProgram(new BpfFd(fd), name) : throw new BpfException("load", "a program of two instructions", -fd);
        }
    }

    /// <summary>May a program for tc call it?</summary>
    public static bool HasHelper(bpf_func_id helper)
    {
        using var log = new LibBpfLog(); // the answer is the result; libbpf's words are not needed
        return Native.libbpf_probe_bpf_helper(bpf_prog_type.BPF_PROG_TYPE_SCHED_CLS, helper, null) == 1;
    }
}
