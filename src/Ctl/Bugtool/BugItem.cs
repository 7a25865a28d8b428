namespace Netweir.Ctl;

/// <summary>One file of the archive.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Read">Its text; null: there is nothing of the kind on this node.</param>
internal sealed record BugItem(string Name, Func<string?> Read);
