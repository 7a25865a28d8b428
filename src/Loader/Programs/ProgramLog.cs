using System.Runtime.InteropServices;
using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>Room for the verifier's log of one program; filled only when the program is refused.</summary>
internal sealed unsafe class ProgramLog : IDisposable
{
    private readonly bpf_program* _program;
    private byte* _log;

    public ProgramLog(bpf_program* program, nuint size)
    {
        _program = program;
        _log = (byte*)NativeMemory.AllocZeroed(size);
        Name = Utf8.Read(Native.bpf_program__name(program));
        int result = Native.bpf_program__set_log_buf(program, _log, size);
        if (result < 0)
        {
            NativeMemory.Free(_log);
            throw new BpfException("set the log buffer of", $"program {Name}", -result);
        }
    }

    public string Name { get; }

    public bool IsRefused => Native.bpf_program__fd(_program) < 0 && *_log != 0;

    public override string ToString() => Utf8.Read(_log);

    public void Dispose()
    {
        NativeMemory.Free(_log);
        _log = null;
    }
}
