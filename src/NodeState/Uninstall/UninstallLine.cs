namespace Netweir.NodeState;

/// <summary>One thing, and what became of it.</summary>
/// <param name="Kind">A <see cref="LedgerKind"/>, or what is recognised without the ledger: program, pod, note.</param>
/// <param name="What">Its name.</param>
/// <param name="Detail">Why it was left or failed, or to what it was restored.</param>
public sealed record UninstallLine(UninstallOutcome Outcome, string Kind, string What, string? Detail = null);
