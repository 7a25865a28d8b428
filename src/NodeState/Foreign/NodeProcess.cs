namespace Netweir.NodeState.Foreign;

/// <summary>A running process.</summary>
public sealed record NodeProcess(int Id, string Name);
