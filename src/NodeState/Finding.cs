namespace Netweir.NodeState;

/// <summary>Something on a node that somebody should know of.</summary>
/// <param name="Subject">Whose or what kind of thing it is: <c>kube-proxy</c>, <c>mtu</c>.</param>
/// <param name="What">What there is.</param>
/// <param name="Effect">What it does to traffic.</param>
/// <param name="Remedy">The exact command or change that ends it.</param>
public sealed record Finding(Severity Severity, string Subject, string What, string Effect, string Remedy);
