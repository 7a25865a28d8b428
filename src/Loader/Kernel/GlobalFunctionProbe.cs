using System.Text;
using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>
/// Asks the verifier whether a function that it verifies on its own may be given a pointer to a structure (upstream 5.12), by loading the smallest
/// program that does so.
/// </summary>
internal static unsafe class GlobalFunctionProbe
{
    private const int NameInt = 1;
    private const int NameStruct = 5;
    private const int NameFunction = 7;
    private const int NameMain = 9;
    private const int NameMember = 14;
    private const uint Function = 5; // ids of Types, from 1
    private const uint Main = 6;
    private const int FunctionStart = 3; // in Instructions

    private static ReadOnlySpan<byte> Names => "\0int\0s\0f\0main\0a\0"u8;

    /// <summary><c>struct s { int a; }; int f(struct s *a); static int main(struct s *a);</c> as linux/btf.h writes it.</summary>
    private static ReadOnlySpan<uint> Types =>
    [
        NameInt, (uint)BtfKind.Int << 24, 4, 0x01000020,
        NameStruct, ((uint)BtfKind.Struct << 24) | 1, 4, NameMember, 1, 0,
        0, (uint)BtfKind.Ptr << 24, 2,
        0, ((uint)BtfKind.FuncProto << 24) | 1, 1, NameMember, 3,
        NameFunction, ((uint)BtfKind.Func << 24) | 1, 4,
        NameMain, (uint)BtfKind.Func << 24, 4,
    ];

    /// <summary><c>main: return f(NULL); f: return 0;</c></summary>
    private static ReadOnlySpan<ulong> Instructions =>
    [
        0x00000000_0000_01_b7, // r1 = 0
        0x00000001_0000_10_85, // call the instruction after the next
        0x00000000_0000_00_95, // exit
        0x00000000_0000_00_b7, // r0 = 0
        0x00000000_0000_00_95, // exit
    ];

    /// <summary>False when the verifier refused it; anything else that goes wrong says nothing of the verifier.</summary>
    public static bool TakesPointers()
    {
        var btf = LoadTypes();
        if (btf < 0)
        {
            return !IsRefusal(btf);
        }
        using var types = new BpfFd(btf);
        Opts.Init(out bpf_prog_load_opts opts);
        uint* functions = stackalloc uint[] { 0, Main, FunctionStart, Function };
        opts.prog_btf_fd = (uint)btf;
        opts.func_info = functions;
        opts.func_info_cnt = 2;
        opts.func_info_rec_size = 8;
        fixed (ulong* instructions = Instructions)
        fixed (byte* name = "nw_probe\0"u8, licence = "GPL\0"u8)
        {
            var program = Native.bpf_prog_load(
                bpf_prog_type.BPF_PROG_TYPE_SCHED_CLS, name, licence, (bpf_insn*)instructions, (nuint)Instructions.Length, &opts);
            if (program < 0)
            {
                return !IsRefusal(program);
            }
            new BpfFd(program).Dispose();
            return true;
        }
    }

    /// <summary>EINVAL; of a kernel that does not even know the request's fields, E2BIG.</summary>
    private static bool IsRefusal(int result) => -result is BpfErrno.EINVAL or BpfErrno.E2BIG;

    private static int LoadTypes()
    {
        const ushort magic = 0xeb9f;
        var types = Types.Length * sizeof(uint);
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.ASCII, leaveOpen: true))
        {
            writer.Write(magic);
            writer.Write((ushort)1); // version 1, no flags
            foreach (var field in (int[])[24, 0, types, types, Names.Length]) // the header's length; where types and names are, and their lengths
            {
                writer.Write(field);
            }
            foreach (var word in Types)
            {
                writer.Write(word);
            }
            writer.Write(Names);
        }
        fixed (byte* bytes = content.ToArray())
        {
            return Native.bpf_btf_load(bytes, (nuint)content.Length, null);
        }
    }
}
