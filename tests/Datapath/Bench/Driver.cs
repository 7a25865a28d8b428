using LibBpf.Interop;
using Netweir.Loader;
using Netweir.Support.Bpf;

namespace Netweir.Datapath.Tests.Bench;

/// <summary>Runs hooks on the same packet again and again, inside the kernel (driver.bpf.c), and takes the time of a run.</summary>
internal sealed unsafe class Driver : IDisposable
{
    private const int HeadersMax = 128;
    private const int ColdRuns = 300;
    private readonly LoadedObject _object = OpenObject.From(BpfCompiler.Compile("Bench/driver.bpf.c"), "driver").Load();
    private readonly BpfMap<uint, int> _hooks;
    private readonly BpfMap<uint, Round> _rounds;
    private readonly byte[] _output = new byte[2048];

    public Driver()
    {
        _hooks = _object.Map<uint, int>("hooks");
        _rounds = _object.Map<uint, Round>("rounds");
    }

    /// <summary>Look-ups in a hash map, which tell how fast the machine is just now. In nanoseconds.</summary>
    public double Yardstick(int repeat) => Run("yardstick", new byte[64], Device.Pod1, repeat, out _);

    /// <summary>Of one run, in nanoseconds: with the path's hook, and without it: the kernel's loop and the putting back of the headers.</summary>
    public (double With, double Without) Time(BenchPath path, int repeat)
    {
        Set(path);
        _hooks.Delete(0);
        var without = Time(path, repeat, 0);
        _hooks.Update(0, path.Hook.Fd.Value);
        return (Time(path, repeat, path.Verdict), without);
    }

    private double Time(BenchPath path, int repeat, int verdict)
    {
        var runs = path.Single ? ColdRuns : 1;
        var least = double.MaxValue;
        for (var run = 0; run < runs; run++)
        {
            least = Math.Min(least, Run("driver", path.Packet, path.Device, path.Single ? 1 : repeat, out var result));
            Assert.True(result == verdict, $"{path.Name}: the hook's verdict was {result}, not {verdict}");
        }
        return least;
    }

    public void Dispose()
    {
        _hooks.Dispose();
        _rounds.Dispose();
        _object.Dispose();
    }

    private void Set(BenchPath path)
    {
        var round = new Round { HeadersLength = (uint)Math.Min(HeadersMax, path.Packet.Length), PortOffset = path.PortOffset };
        path.Packet.AsSpan(0, (int)round.HeadersLength).CopyTo(new Span<byte>(round.Headers, HeadersMax));
        _rounds.Update(0, round);
    }

    private double Run(string program, byte[] packet, Device device, int repeat, out uint verdict)
    {
        var context = new SkBuff { ifindex = (uint)device, ingress_ifindex = (uint)device };
        Opts.Init(out bpf_test_run_opts options);
        fixed (byte* input = packet, result = _output)
        {
            options.data_in = input;
            options.data_size_in = (uint)packet.Length;
            options.data_out = result;
            options.data_size_out = (uint)_output.Length;
            options.ctx_in = &context;
            options.ctx_size_in = (uint)sizeof(SkBuff);
            options.repeat = repeat;
            Assert.Equal(0, LibBpf.Interop.LibBpf.bpf_prog_test_run_opts(_object.Program(program).Fd.Value, &options));
        }
        verdict = options.retval;
        return options.duration;
    }

    /// <summary>As in driver.bpf.c.</summary>
    private struct Round
    {
        public fixed byte Headers[HeadersMax];
        public uint HeadersLength;
        public uint PortOffset;
        public uint Port { get; init; }
    }
}
