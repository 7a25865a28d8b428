namespace Netweir.NodeState;

/// <summary>Knows how one kind of thing is undone.</summary>
internal interface IRemover
{
    /// <summary>The kind of the entries that it looks after.</summary>
    string Kind { get; }

    /// <summary>Whether it looks after this entry; such are taken out of the ledger when nothing of it failed.</summary>
    bool Knows(LedgerEntry entry) => entry.Kind == Kind;

    /// <summary>What is there to be undone, in order. Reads only; what is gone already is not in it.</summary>
    IEnumerable<Removal> Plan(UninstallContext context);
}
