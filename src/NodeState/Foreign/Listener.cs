namespace Netweir.NodeState.Foreign;

/// <summary>A socket that takes what comes to a port of this node.</summary>
/// <param name="Inode">0: the kernel's own.</param>
public sealed record Listener(bool IsUdp, ushort Port, ulong Inode);
