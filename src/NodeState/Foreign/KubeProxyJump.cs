using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>A rule of a chain that is not kube-proxy's, but leads to one that is.</summary>
public sealed record KubeProxyJump(NfTablesChain From, ulong Handle, string Target);
