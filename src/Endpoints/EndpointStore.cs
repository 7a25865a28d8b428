using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Netweir.Netlink;

namespace Netweir.Endpoints;

/// <summary>
/// The endpoint records and address allocations of a node, below the state directory: <c>endpoints/KEY.json</c>, <c>addresses/IP</c>,
/// <c>cursor-RANGE</c>, <c>boot-id</c>, <c>allocating</c>, <c>lock</c>, <c>attachments.lock</c>. Any number of processes may use it at once: only allocation and release take the lock,
/// for about a millisecond, and readers never wait.
/// </summary>
/// <param name="stateDirectory">Created by the first allocation.</param>
/// <param name="bootId">The current boot's; given by tests that simulate a reboot.</param>
public sealed class EndpointStore(string stateDirectory, string? bootId = null)
{
    public const string DefaultStateDirectory = "/var/lib/netweir";
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(20);
    private readonly string _endpoints = Path.Combine(stateDirectory, "endpoints");
    private readonly AddressPool _pool = new(stateDirectory);

    public string BootId { get; } = bootId ?? Endpoints.BootId.Read();

    /// <summary>Null when there is no record, or none that can be read: a record cut short by a power failure is as good as none.</summary>
    public EndpointRecord? Find(AttachmentKey key) => Read(RecordPath(key));

    /// <summary>Every readable record, in no particular order; empty when the node never had a pod.</summary>
    public IReadOnlyList<EndpointRecord> List()
    {
        var records = new List<EndpointRecord>();
        foreach (string path in RecordPaths())
        {
            if (Read(path) is { } record)
            {
                records.Add(record);
            }
        }

        return records;
    }

    /// <summary>Every attachment that has a record, readable or not.</summary>
    public IReadOnlyList<AttachmentKey> Keys()
    {
        var keys = new List<AttachmentKey>();
        foreach (string path in RecordPaths())
        {
            if (AttachmentKey.TryParse(Path.GetFileNameWithoutExtension(path)) is { } key)
            {
                keys.Add(key);
            }
        }

        return keys;
    }

    /// <summary>Whether allocation can take addresses back: of a pod that does not exist any more, or of an allocation that was cut off.</summary>
    public bool AnyReclaimable() => List().Any(IsDead) || _pool.List().Exists(IsOrphan);

    /// <summary>Whether some record is of a pod that was connected and exists.</summary>
    public bool AnyConnected() => List().Any(r => r.State == EndpointState.Ready && !IsDead(r));

    /// <summary>The attachment that an address is allocated to; null for a free one.</summary>
    public AttachmentKey? OwnerOf(IPAddress address) => _pool.OwnerOf(address);

    /// <summary>How many addresses of the range are allocated, and how many there are.</summary>
    public (int Used, ulong Total) Usage(IPNetwork range)
    {
        var addresses = new AddressRange(range);
        return (_pool.List().Count(a => addresses.PositionOf(a) is not null), addresses.Count);
    }

    /// <summary>
    /// Allocates one address of each family that <paramref name="podCidrs"/> has, and writes the record that <paramref name="describe"/> makes of
    /// them. When a range is full, the addresses of pods that died without a DEL are taken back first.
    /// </summary>
    /// <param name="key">The attachment; it has no record yet.</param>
    /// <param name="podCidrs">The node's ranges.</param>
    /// <param name="describe">Makes the record.</param>
    /// <param name="reclaimed">Told about every dead pod's record before its addresses are free.</param>
    /// <exception cref="AddressesExhaustedException">Every address is taken by a pod that exists.</exception>
    /// <exception cref="TimeoutException">Another process kept the lock.</exception>
    public EndpointRecord Allocate(
        AttachmentKey key,
        IReadOnlyList<IPNetwork> podCidrs,
        Func<IReadOnlyList<IPAddress>, EndpointRecord> describe,
        Action<EndpointRecord>? reclaimed = null)
    {
        ArgumentNullException.ThrowIfNull(podCidrs);
        ArgumentNullException.ThrowIfNull(describe);
        Directory.CreateDirectory(_endpoints);
        _pool.CreateDirectory();
        using FileLock held = Lock();
        ForgetOtherBoots(reclaimed);
        FinishCutOffAllocation();
        var addresses = new List<IPAddress>(2);
        try
        {
            foreach (AddressFamily family in (ReadOnlySpan<AddressFamily>)[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
            {
                if (Take(family, podCidrs, key, reclaimed) is { } address)
                {
                    addresses.Add(address);
                }
            }

            EndpointRecord record = describe(addresses);
            Save(record);
            return record;
        }
        catch
        {
            addresses.ForEach(a => _pool.Release(a, key));
            throw;
        }
        finally
        {
            File.Delete(AllocatingPath);
        }
    }

    /// <summary>Writes the record atomically. Only for attachments that <see cref="Allocate"/> made.</summary>
    public void Save(EndpointRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        AtomicFile.Write(RecordPath(record.Key), EndpointRecordWriter.ToJson(record));
    }

    /// <summary>Deletes the record and frees its addresses, and any other address that the attachment owns. Does nothing when there are none.</summary>
    public void Release(AttachmentKey key)
    {
        if (!Directory.Exists(_endpoints))
        {
            return;
        }

        using FileLock held = Lock();
        ReleaseLocked(key, Find(key));
    }

    /// <summary>
    /// Frees addresses whose owner has no record, and deletes records in the making: an allocation was cut off. Only while nobody attaches a pod.
    /// </summary>
    /// <returns>The addresses that were freed.</returns>
    public IReadOnlyList<IPAddress> ReleaseOrphans()
    {
        if (!Directory.Exists(_endpoints))
        {
            return [];
        }

        using FileLock held = Lock();
        AtomicFile.DeleteAllLeftovers(_endpoints);
        return ReleaseOrphansLocked();
    }

    private FileLock Lock() => FileLock.Acquire(Path.Combine(stateDirectory, "lock"), LockTimeout);

    private string AllocatingPath => Path.Combine(stateDirectory, "allocating");

    private string RecordPath(AttachmentKey key) => Path.Combine(_endpoints, key + ".json");

    private IEnumerable<string> RecordPaths() => Directory.Exists(_endpoints) ? Directory.EnumerateFiles(_endpoints, "*.json") : [];

    private static EndpointRecord? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), EndpointsJson.Default.EndpointRecord) : null;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private IPAddress? Take(AddressFamily family, IReadOnlyList<IPNetwork> podCidrs, AttachmentKey key, Action<EndpointRecord>? reclaimed)
    {
        List<AddressRange> ranges = [.. podCidrs.Where(c => c.BaseAddress.AddressFamily == family).Select(c => new AddressRange(c))];
        if (ranges.Count == 0)
        {
            return null;
        }

        return FirstFree(ranges, key)
            ?? (ForgetDead(reclaimed) ? FirstFree(ranges, key) : null)
            ?? throw new AddressesExhaustedException(ranges[^1].Network, Usage(ranges[^1].Network).Used);
    }

    private IPAddress? FirstFree(List<AddressRange> ranges, AttachmentKey key)
    {
        foreach (AddressRange range in ranges)
        {
            if (_pool.TryTake(range, key) is { } address)
            {
                return address;
            }
        }

        return null;
    }

    /// <summary>After a reboot nothing that a record tells of exists. Done once per boot.</summary>
    private void ForgetOtherBoots(Action<EndpointRecord>? reclaimed)
    {
        string marker = Path.Combine(stateDirectory, "boot-id");
        if (SmallFile.TryRead(marker) == BootId)
        {
            return;
        }

        foreach (string path in RecordPaths().ToList())
        {
            EndpointRecord? record = Read(path);
            if (record is null)
            {
                File.Delete(path);
            }
            else if (record.BootId != BootId)
            {
                reclaimed?.Invoke(record);
                ReleaseLocked(record.Key, record);
            }
        }

        AtomicFile.DeleteAllLeftovers(_endpoints);
        ReleaseOrphansLocked();
        AtomicFile.WriteLocked(stateDirectory, marker, Encoding.ASCII.GetBytes(BootId));
    }

    /// <summary>Whoever held the lock before and died while allocating left addresses that no record tells of. Announces the next allocation.</summary>
    private void FinishCutOffAllocation()
    {
        if (File.Exists(AllocatingPath))
        {
            ReleaseOrphansLocked();
        }

        File.WriteAllBytes(AllocatingPath, []);
    }

    /// <summary>Removes the records of pods whose network namespace does not exist any more.</summary>
    private bool ForgetDead(Action<EndpointRecord>? reclaimed)
    {
        bool any = false;
        foreach (EndpointRecord record in List())
        {
            if (IsDead(record))
            {
                reclaimed?.Invoke(record);
                ReleaseLocked(record.Key, record);
                any = true;
            }
        }

        return ReleaseOrphansLocked().Count > 0 || any;
    }

    private bool IsDead(EndpointRecord record)
    {
        using NetworkNamespace? there = NetworkNamespace.TryOpen(record.NetworkNamespacePath);
        return record.BootId != BootId || there?.Inode != record.NetworkNamespaceInode;
    }

    /// <summary>A record that cannot be read still keeps its addresses: its pod may be running.</summary>
    private bool IsOrphan(IPAddress address) =>
        _pool.OwnerOf(address) is not { } owner || !File.Exists(RecordPath(owner)) || Find(owner)?.Addresses.Contains(address) == false;

    private List<IPAddress> ReleaseOrphansLocked()
    {
        var freed = new List<IPAddress>();
        foreach (IPAddress address in _pool.List())
        {
            if (IsOrphan(address))
            {
                _pool.ReleaseUnowned(address);
                freed.Add(address);
            }
        }

        return freed;
    }

    private void ReleaseLocked(AttachmentKey key, EndpointRecord? record)
    {
        // The record goes first: an address without a record is an orphan that is found again, a record without its address would
        // claim what another pod may have by then.
        File.Delete(RecordPath(key));
        AtomicFile.DeleteLeftovers(RecordPath(key));
        foreach (IPAddress address in record?.Addresses ?? _pool.List())
        {
            _pool.Release(address, key);
        }
    }
}
