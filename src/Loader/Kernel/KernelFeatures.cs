using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>
/// What this kernel can do, asked of the kernel itself: distributions backport, so its version says nothing. A feature that cannot be asked for
/// (no <c>/sys/kernel/btf/vmlinux</c>) counts as missing.
/// </summary>
public sealed record KernelFeatures
{
    private const string VmlinuxBtf = "/sys/kernel/btf/vmlinux";

    /// <summary>BPF links at a device's ingress and egress (upstream 6.6).</summary>
    public required bool Tcx { get; init; }

    /// <summary>BPF_F_ADJ_ROOM_DECAP_L3_IPV4 and _IPV6 for bpf_skb_adjust_room (6.3).</summary>
    public required bool DecapL3Flags { get; init; }

    /// <summary>BPF_F_IPV6 for bpf_l4_csum_replace (6.16).</summary>
    public required bool CsumIpv6Flag { get; init; }

    /// <summary>BPF_F_ADJ_ROOM_ENCAP_L2_ETH for bpf_skb_adjust_room (5.13).</summary>
    public required bool EncapL2Eth { get; init; }

    /// <summary>Pointers to structures as arguments of functions that are verified on their own (5.12). The datapath does not load without.</summary>
    public required bool StructArguments { get; init; }

    /// <summary>Batched map operations (5.6); the maps fall back by themselves.</summary>
    public required bool BatchOperations { get; init; }

    /// <summary>What the datapath cannot do without and this kernel has not, or null.</summary>
    public string? Missing => StructArguments ? null
        : "this kernel's BPF verifier takes no pointers to structures as arguments of global functions (Linux 5.12)";

    public static KernelFeatures Probe()
    {
        HashSet<string> constants = ReadConstants(
            "BPF_F_ADJ_ROOM_DECAP_L3_IPV4", "BPF_F_ADJ_ROOM_DECAP_L3_IPV6", "BPF_F_IPV6", "BPF_F_ADJ_ROOM_ENCAP_L2_ETH", "BPF_MAP_UPDATE_BATCH");
        return new KernelFeatures
        {
            Tcx = HasTcx(),
            DecapL3Flags = constants.Contains("BPF_F_ADJ_ROOM_DECAP_L3_IPV4") && constants.Contains("BPF_F_ADJ_ROOM_DECAP_L3_IPV6"),
            CsumIpv6Flag = constants.Contains("BPF_F_IPV6"),
            EncapL2Eth = constants.Contains("BPF_F_ADJ_ROOM_ENCAP_L2_ETH"),
            StructArguments = GlobalFunctionProbe.TakesPointers(),
            BatchOperations = constants.Contains("BPF_MAP_UPDATE_BATCH"),
        };
    }

    /// <summary>Asks for the programs of a device: a kernel without TCX does not know the attach type.</summary>
    private static unsafe bool HasTcx()
    {
        const int loopback = 1;
        Opts.Init(out bpf_prog_query_opts opts);
        return Native.bpf_prog_query_opts(loopback, bpf_attach_type.BPF_TCX_INGRESS, &opts) == 0;
    }

    private static HashSet<string> ReadConstants(params string[] wanted)
    {
        if (!File.Exists(VmlinuxBtf))
        {
            return [];
        }

        return EnumScan.Find(File.ReadAllBytes(VmlinuxBtf), wanted);
    }
}
