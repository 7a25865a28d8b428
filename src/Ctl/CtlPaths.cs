using Netweir.Loader;
using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Ctl;

/// <summary>Where Netweir is on this node.</summary>
internal sealed record CtlPaths
{
    public required string BpfRoot { get; init; }
    public required string StateDirectory { get; init; }
    public required string RunDirectory { get; init; }

    /// <summary>As a container sees them that has the node's root elsewhere, and possibly these directories as mounts of their own.</summary>
    public CtlPaths On(HostRoot host) => new() { BpfRoot = host.Visible(BpfRoot), StateDirectory = host.Visible(StateDirectory), RunDirectory = host.Visible(RunDirectory) };

    /// <summary>Where other people's networking is looked for.</summary>
    public ForeignPaths Foreign(HostRoot host, string cniConfDir) => new()
    {
        Host = host,
        CniConfDir = host.Visible(cniConfDir),
        BpfFileSystem = host.Of("/sys/fs/bpf"),
        BpfRoot = host.Visible(BpfRoot),
    };

    /// <exception cref="CtlException">There are no pins to read, and why.</exception>
    public void RequirePins()
    {
        if (Directory.Exists(BpfPaths.Maps(BpfRoot)))
        {
            return;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            throw new CtlException($"cannot read {BpfRoot}: only root may; run 'sudo ctl ...'");
        }

        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(BpfRoot));
        if (parent is null || !Directory.Exists(parent) || !BpfFs.IsMounted(parent))
        {
            throw new CtlException($"{BpfRoot} is not on a bpf file system: none is mounted at {parent}; the usual root is below /sys/fs/bpf ('mount -t bpf bpf "
                + "/sys/fs/bpf' if nothing is mounted there); in a container, mount the node's there");
        }

        throw new CtlException($"{BpfPaths.Maps(BpfRoot)} does not exist: the Netweir agent has not loaded its datapath on this node since it booted; "
            + "start the agent, or give the agent's BPF root with --bpf-root");
    }
}
