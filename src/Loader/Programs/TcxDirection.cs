using LibBpf.Interop;

namespace Netweir.Loader;

/// <summary>Which of a device's packets a TCX link sees.</summary>
public enum TcxDirection
{
    Ingress = (int)bpf_attach_type.BPF_TCX_INGRESS,
    Egress = (int)bpf_attach_type.BPF_TCX_EGRESS,
}
