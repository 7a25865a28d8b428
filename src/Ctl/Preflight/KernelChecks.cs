using LibBpf.Interop;
using Netweir.Loader;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>Can this kernel do what Netweir needs? It is asked, not judged by its version: distributions backport.</summary>
internal static class KernelChecks
{
    private const string Btf = "/sys/kernel/btf/vmlinux";

    /// <summary>The youngest and most particular that the datapath calls.</summary>
    private static readonly bpf_func_id[] s_helpers =
    [
        bpf_func_id.BPF_FUNC_redirect_peer, bpf_func_id.BPF_FUNC_redirect_neigh, bpf_func_id.BPF_FUNC_fib_lookup, bpf_func_id.BPF_FUNC_skb_adjust_room,
        bpf_func_id.BPF_FUNC_skb_change_tail, bpf_func_id.BPF_FUNC_ktime_get_coarse_ns,
    ];

    public static IReadOnlyList<Check> All { get; } =
    [
        new("kernel BTF", TypeInformation), new("kernel BPF programs", Programs), new("kernel BPF helpers", Helpers), new("kernel devices and filters", Devices),
        new("kernel features", Features),
    ];

    public static string Version() => File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    private static CheckResult TypeInformation() => File.Exists(Btf)
        ? new CheckResult("kernel BTF", Btf)
        : new CheckResult("kernel BTF", "missing", Needs($"{Btf} is missing", "a kernel built with CONFIG_DEBUG_INFO_BTF=y (every distribution's of the last years)"));

    private static CheckResult Programs()
    {
        try
        {
            using BpfProgram program = ProgramProbe.Load();
            return new CheckResult("kernel BPF programs", "loaded one, and unloaded it");
        }
        catch (BpfException e)
        {
            return new CheckResult("kernel BPF programs", "refused", Needs(
                $"the kernel takes no program for tc: {e.Message}",
                "CONFIG_BPF_SYSCALL=y and CONFIG_NET_CLS_BPF; a seccomp profile that allows bpf(2); no kernel lockdown in mode confidentiality (/sys/kernel/security/lockdown)"));
        }
    }

    private static CheckResult Helpers()
    {
        List<string> missing = [];
        foreach (bpf_func_id helper in s_helpers)
        {
            if (!ProgramProbe.HasHelper(helper))
            {
                missing.Add(helper.ToString().Replace("BPF_FUNC_", "bpf_", StringComparison.Ordinal));
            }
        }

        return missing.Count == 0
            ? new CheckResult("kernel BPF helpers", "redirect_peer, redirect_neigh, fib_lookup and others")
            : new CheckResult("kernel BPF helpers", $"no {string.Join(", ", missing)}", Needs($"programs for tc may not call {string.Join(", ", missing)}", "Linux 5.15 or later"));
    }

    private static CheckResult Devices()
    {
        NamespaceProbe probe = NamespaceProbe.Run();
        Needed[] all =
        [
            new(probe.Veth, "CONFIG_VETH, or its module (modprobe veth)"),
            new(probe.Vxlan, "CONFIG_VXLAN, or its module (modprobe vxlan); without it, all nodes must be neighbours and the agent have --routing=direct"),
            new(probe.Filter, "CONFIG_NET_SCH_INGRESS, CONFIG_NET_CLS_ACT and CONFIG_NET_CLS_BPF, or their modules (modprobe sch_ingress cls_bpf)"),
        ];
        return new CheckResult(
            "kernel devices and filters",
            all.Any(a => a.Refusal is not null) ? "refused" : "made veth, VXLAN, clsact and a filter in a namespace of their own, and removed them",
            [.. all.Where(a => a.Refusal is not null).Select(a => Needs($"the kernel refused: {a.Refusal}", a.Remedy))]);
    }

    private static CheckResult Features()
    {
        var features = KernelFeatures.Probe();
        List<string> there = [], missing = [];
        (features.Tcx ? there : missing).Add("TCX links");
        (features.BatchOperations ? there : missing).Add("map batches");
        (features.EncapL2Eth ? there : missing).Add("encapsulation in BPF");
        (features.DecapL3Flags ? there : missing).Add("decapsulation in BPF between families");
        (features.CsumIpv6Flag ? there : missing).Add("IPv6 checksums");
        return new CheckResult("kernel features", $"{string.Join(", ", there)}{(missing.Count > 0 ? $"; without {string.Join(", ", missing)}: other ways are taken" : "")}");
    }

    /// <param name="Refusal">null: the kernel has it.</param>
    private sealed record Needed(string? Refusal, string Remedy);

    private static Finding Needs(string what, string remedy) => new(Severity.Error, "kernel", what, "Netweir cannot load its datapath on this node", remedy);
}
