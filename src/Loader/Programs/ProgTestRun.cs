using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>BPF_PROG_TEST_RUN.</summary>
internal static unsafe class ProgTestRun
{
    /// <summary>Room for what programs put in front of a packet: an outer IPv6, UDP, VXLAN and Ethernet header, and more.</summary>
    private const int Growth = 512;

    public static TestRunResult Run(BpfProgram program, TestRunInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        byte[] output = new byte[input.Packet.Length + Growth];
        SkBuff contextIn = input.Context, contextOut = default;
        Opts.Init(out bpf_test_run_opts opts);
        fixed (byte* packet = input.Packet.Span, result = output)
        {
            opts.data_in = packet;
            opts.data_size_in = (uint)input.Packet.Length;
            opts.data_out = result;
            opts.data_size_out = (uint)output.Length;
            opts.ctx_in = &contextIn;
            opts.ctx_size_in = (uint)sizeof(SkBuff);
            opts.ctx_out = &contextOut;
            opts.ctx_size_out = (uint)sizeof(SkBuff);
            opts.repeat = input.Repeat;
            int errno = -Native.bpf_prog_test_run_opts(program.Fd.Value, &opts);
            if (errno > 0)
            {
                throw new BpfException("run", $"program {program.Name} on a packet of {input.Packet.Length} bytes", errno, Remedy(errno));
            }
        }

        return new TestRunResult
        {
            ReturnValue = opts.retval,
            Packet = output.AsMemory(0, (int)opts.data_size_out),
            Context = contextOut,
            Duration = TimeSpan.FromMicroseconds(opts.duration / 1000.0),
        };
    }

    private static string? Remedy(int errno) => errno switch
    {
        BpfErrno.EINVAL => "the packet is shorter than an Ethernet header, or the context sets a field that may not be set",
        BpfErrno.ENODEV => "the context's ifindex is no device of this network namespace",
        BpfErrno.ENOSPC => $"the program made the packet more than {Growth} bytes longer",
        _ => null,
    };
}
