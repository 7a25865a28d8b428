namespace Netweir.NodeState;

/// <summary>
/// Writes down what is about to be made. Where the disk does not take it, the work goes on all the same: traffic matters more than being
/// undone. What is missing is kept and written later, what could not be taken out is taken out later. Thread-safe.
/// </summary>
public sealed class LedgerWriter(Ledger ledger)
{
    private readonly Lock _gate = new();

    /// <summary>What is to be taken out yet.</summary>
    private readonly List<LedgerEntry> _undone = [];
    private LedgerFold _missing = new();

    /// <summary>What keeps the ledger from being complete, and what follows from it; null: it is complete.</summary>
    public string? Problem { get; private set; }

    public void Add(string kind, string name, string? detail = null, string? before = null) =>
        Add(new LedgerEntry { Kind = kind, Name = name, Detail = detail, Before = before });

    /// <summary>Returns when the entry is on disk, or cannot be.</summary>
    public void Add(LedgerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_gate)
        {
            LedgerEntry stamped = ledger.Stamped(entry);
            // What is about the same thing as an entry that is to be taken out would go with it.
            if (_missing.Entries.Count > 0 || IsUndone(stamped) || !TryAppend(stamped))
            {
                _missing.Add(stamped);
            }
        }
    }

    /// <summary>What was written of a kind, or is to be, and was not taken out since: one entry about one thing.</summary>
    public IReadOnlyList<LedgerEntry> Of(string kind)
    {
        lock (_gate)
        {
            var fold = new LedgerFold();
            ledger.Read().Where(e => !IsUndone(e)).Concat(_missing.Entries).Where(e => e.Kind == kind).ToList().ForEach(fold.Add);
            return fold.Entries;
        }
    }

    /// <summary>Takes out what was undone. Where the disk does not allow it, it stays there until <see cref="Retry"/> succeeds.</summary>
    /// <param name="undone">One of <see cref="Of"/>.</param>
    public void Forget(LedgerEntry undone)
    {
        ArgumentNullException.ThrowIfNull(undone);
        lock (_gate)
        {
            var missing = new LedgerFold();
            _missing.Entries.Where(e => e.Key != undone.Key).ToList().ForEach(missing.Add);
            _missing = missing;
            _undone.Add(undone);
            TryRemove();
        }
    }

    /// <summary>Makes the directory and those above it, each after its entry.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public void CreateDirectory(string path) => NodeDirectories.Create(path, d => Add(LedgerKind.Directory, d));

    /// <summary>Tries again to take out what was undone and to write what is missing.</summary>
    /// <returns><see cref="Problem"/>.</returns>
    public string? Retry()
    {
        lock (_gate)
        {
            bool removed = TryRemove();
            if (_missing.Entries.Where(e => !IsUndone(e)).All(TryAppend) && removed)
            {
                _missing = new LedgerFold();
                Problem = null;
            }

            return Problem;
        }
    }

    private bool IsUndone(LedgerEntry entry) => _undone.Any(e => e.Key == entry.Key);

    private bool TryRemove()
    {
        try
        {
            ledger.Remove(_undone);
            _undone.Clear();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            Problem = $"{ledger.FilePath} cannot be written: {e.Message}; it names what is undone already; it is tried again";
            return false;
        }
    }

    private bool TryAppend(LedgerEntry entry)
    {
        try
        {
            ledger.Append(entry);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            Problem = $"{ledger.FilePath} cannot be written: {e.Message}; what is made now will not be undone by 'ctl uninstall'; it is tried again";
            return false;
        }
    }
}
