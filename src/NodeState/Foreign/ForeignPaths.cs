namespace Netweir.NodeState.Foreign;

/// <summary>Where to look.</summary>
public sealed record ForeignPaths
{
    public HostRoot Host { get; init; } = HostRoot.OfThisProcess;

    public string CniConfDir { get; init; } = "/etc/cni/net.d";

    public string BpfFileSystem { get; init; } = "/sys/fs/bpf";

    public string BpfRoot { get; init; } = "/sys/fs/bpf/netweir";
}
