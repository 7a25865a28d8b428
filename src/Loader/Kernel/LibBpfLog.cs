using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>Collects what libbpf says during one operation of this thread; it says nothing to stderr.</summary>
internal sealed unsafe class LibBpfLog : IDisposable
{
    [ThreadStatic]
    private static StringBuilder? t_text;

    static LibBpfLog() => Native.libbpf_set_print(&Print);

    public LibBpfLog() => t_text = new StringBuilder();

    public override string ToString() => (t_text?.ToString() ?? "").TrimEnd();

    public void Dispose() => t_text = null;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(libbpf_print_level level, byte* format, void* arguments)
    {
        const int size = 2048;
        if (t_text is not { } text || level > libbpf_print_level.LIBBPF_INFO)
        {
            return 0;
        }

        byte* buffer = stackalloc byte[size];
        int length = Libc.vsnprintf(buffer, size, format, arguments);
        text.Append(length < 0 ? "" : Utf8.Read(buffer));
        return length;
    }
}
