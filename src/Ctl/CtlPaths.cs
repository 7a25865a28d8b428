using Netweir.Loader;

namespace Netweir.Ctl;

/// <summary>Where Netweir is on this node.</summary>
internal sealed record CtlPaths
{
    public required string BpfRoot { get; init; }
    public required string StateDirectory { get; init; }
    public required string RunDirectory { get; init; }

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
