using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

public static class Cpus
{
    /// <summary>How many CPUs this machine could have: per-CPU maps have a value for each.</summary>
    public static int Possible { get; } = Native.libbpf_num_possible_cpus();
}
