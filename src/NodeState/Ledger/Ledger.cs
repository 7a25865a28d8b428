using Netweir.Endpoints;

namespace Netweir.NodeState;

/// <summary>
/// Everything that Netweir makes or changes on a node, in <c>&lt;state-dir&gt;/ledger</c>, written before it is made. <c>ctl uninstall</c> reads it
/// backwards. Any number of processes and threads may write.
/// </summary>
/// <param name="stateDirectory">Made by the first entry.</param>
/// <param name="bootId">The current boot's; given by tests that simulate a reboot.</param>
public sealed class Ledger(string stateDirectory, string? bootId = null)
{
    public const string FileName = "ledger";
    public const string LockName = "ledger.lock";

    /// <summary>Bytes. A ledger is a few kilobytes; one that has grown beyond this repeats itself, and is written anew without the repetitions.</summary>
    private const int Limit = 256 << 10;
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private readonly List<string> _made = [];
    private LedgerFold _known = new();
    private (long Length, DateTime Written)? _readAt;

    public string FilePath { get; } = Path.Combine(stateDirectory, FileName);

    public string BootId { get; } = bootId ?? Endpoints.BootId.Read();

    public bool Exists => File.Exists(FilePath);

    private string LockPath => Path.Combine(stateDirectory, LockName);

    /// <summary>
    /// Returns when the entry is on disk: then what it tells of may be made. What is known already is not written again. The boot is filled in.
    /// </summary>
    /// <returns>Whether it was written.</returns>
    /// <exception cref="IOException">The disk is full, or the file cannot be written.</exception>
    /// <exception cref="TimeoutException">Another process kept the lock.</exception>
    public bool Append(LedgerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        LedgerEntry stamped = Stamped(entry);
        lock (_gate)
        {
            if (_readAt == Stamp() && _known.Knows(stamped))
            {
                return false;
            }

            // The ledger's own directory cannot be in it before it is there.
            _made.AddRange(NodeDirectories.Create(stateDirectory, static _ => { }));
            using FileLock held = FileLock.Acquire(LockPath, LockTimeout);
            Load();
            bool isNews = !_known.Knows(stamped);
            if (isNews)
            {
                LedgerFile.Append(FilePath, [.. _made.Select(d => new LedgerEntry { Kind = LedgerKind.Directory, Name = d }), stamped]);
                _made.Clear();
                Shorten();
                Load();
            }

            return isNews;
        }
    }

    /// <summary>As it is written: with the boot.</summary>
    internal LedgerEntry Stamped(LedgerEntry entry) => entry with { Boot = LedgerKind.EndsWithBoot(entry.Kind) ? BootId : null };

    /// <summary>What is to be undone, in the order in which it was made. Of earlier boots only what outlives a boot.</summary>
    public IReadOnlyList<LedgerEntry> Read()
    {
        var fold = new LedgerFold();
        foreach (LedgerEntry entry in LedgerFile.Read(FilePath).Where(IsAlive))
        {
            fold.Add(entry);
        }

        return fold.Entries;
    }

    /// <summary>Takes out what was undone. What was written meanwhile stays.</summary>
    public void Remove(IEnumerable<LedgerEntry> undone)
    {
        ArgumentNullException.ThrowIfNull(undone);
        var keys = undone.Select(e => e.Key).ToHashSet();
        if (keys.Count == 0 || !Exists)
        {
            return;
        }

        using FileLock held = FileLock.Acquire(LockPath, LockTimeout);
        LedgerFile.Replace(FilePath, Read().Where(e => !keys.Contains(e.Key)));
    }

    /// <summary>When all is undone.</summary>
    public void Delete()
    {
        if (Directory.Exists(stateDirectory))
        {
            File.Delete(FilePath + ".new");
            File.Delete(FilePath);
            File.Delete(LockPath);
        }
    }

    private bool IsAlive(LedgerEntry entry) => entry.Boot is null || entry.Boot == BootId;

    private void Load()
    {
        (long, DateTime)? stamp = Stamp();
        if (stamp is null || stamp != _readAt)
        {
            _known = new LedgerFold();
            foreach (LedgerEntry entry in LedgerFile.Read(FilePath))
            {
                _known.Add(entry);
            }

            _readAt = stamp;
        }
    }

    private void Shorten()
    {
        if (new FileInfo(FilePath).Length > Limit)
        {
            LedgerFile.Replace(FilePath, Read());
        }
    }

    /// <summary>Null: there is no file.</summary>
    private (long Length, DateTime Written)? Stamp()
    {
        var file = new FileInfo(FilePath);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : null;
    }
}
