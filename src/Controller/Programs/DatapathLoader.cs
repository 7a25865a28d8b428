using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Controller;

/// <summary>
/// Loads the object and pins its programs in the place of the old ones, whose flows they take over. What has been refused once is not tried again
/// unchanged.
/// </summary>
internal sealed class DatapathLoader(AgentOptions options, AgentMetrics metrics)
{
    private readonly ProgramStore _programs = new(options.BpfRoot);
    private readonly string _marker = Path.Combine(options.RunDir, "datapath");
    private (DateTime Written, byte[] Hash) _object;
    private string? _pinned;
    private string? _refused;
    private BpfException? _refusal;

    /// <summary>What the last load brought over to other maps, for people; empty: nothing had to be.</summary>
    public string Report { get; private set; } = "";

    /// <summary>
    /// True when programs were loaded; false when those of the same object and configuration are pinned already, perhaps by an earlier run.
    /// </summary>
    /// <param name="mapsInUse">This agent has opened the pinned maps.</param>
    /// <param name="attach">Puts the pinned programs to their hooks; true: with the pinned maps.</param>
    /// <exception cref="BpfException">The kernel refused; the old programs stay pinned and attached.</exception>
    /// <exception cref="IOException">The object cannot be read.</exception>
    public bool Load(Config config, bool mapsInUse, Action<bool> attach)
    {
        var upgrade = new ObjectUpgrade(options.BpfRoot)
        {
            Open = migrating => Open(config with { Migrating = migrating ? (byte)1 : (byte)0 }),
            Attach = attach,
            MapsInUse = mapsInUse,
        };
        var wanted = Fingerprint(ObjectHash(), config);
        if (upgrade.State == PreviousState.None && IsPinned(wanted))
        {
            return false;
        }
        if (wanted == _refused)
        {
            throw new BpfException(_refusal!.Message, _refusal);
        }
        try
        {
            Report = string.Join(", ", upgrade.Run());
        }
        catch (BpfException e)
        {
            metrics.Loaded(accepted: false);
            (_refused, _refusal) = e is VerifierException or MapLayoutException or BtfFormatException ? (wanted, e) : (null, null);
            throw;
        }
        metrics.Loaded(accepted: true);
        using var set = ProgramSet.TryOpen(_programs);
        (_pinned, _refused, _refusal) = ($"{wanted}\n{set?.Ids}\n", null, null);
        return true;
    }

    /// <summary>Notes for the next run what is pinned, when the programs are attached: their way into the datapath does not depend on a disk.</summary>
    /// <exception cref="IOException">It cannot be written: the next run would load once more.</exception>
    public void Mark()
    {
        if (_pinned is not null)
        {
            AtomicFile.WriteIfDifferent(_marker, Encoding.ASCII.GetBytes(_pinned));
        }
    }

    /// <summary>
    /// Whether this agent can go on with what is pinned though the object was refused: it knows the maps' layouts, and no upgrade is under way.
    /// </summary>
    public bool KnowsPinnedMaps()
    {
        using var open = Open(default);
        return !Directory.Exists(BpfPaths.Previous(options.BpfRoot)) && open.CompareMaps(options.BpfRoot).All(d => d.EntriesOnly);
    }

    private OpenObject Open(Config config)
    {
        var open = OpenObject.FromFile(options.ObjectPath);
        try
        {
            open.SetConstant("config", config);
            foreach (var (map, size) in options.MapSizes)
            {
                open.SetMaxEntries(map, size);
            }
            return open;
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The marker names the very programs: another agent's, or ones pinned by hand, have other ids. What this run pinned it knows without.
    /// </summary>
    private bool IsPinned(string wanted)
    {
        using var set = ProgramSet.TryOpen(_programs);
        if (set is null)
        {
            return false;
        }
        var there = $"{wanted}\n{set.Ids}\n";
        return there == _pinned || (File.Exists(_marker) && File.ReadAllText(_marker) == there);
    }

    /// <summary>The file is read again only when it was written.</summary>
    private byte[] ObjectHash()
    {
        var written = File.GetLastWriteTimeUtc(options.ObjectPath);
        if (_object.Hash is null || _object.Written != written)
        {
            _object = (written, SHA256.HashData(File.ReadAllBytes(options.ObjectPath)));
        }
        return _object.Hash;
    }

    private string Fingerprint(byte[] objectHash, Config config)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(objectHash);
        hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<Config>(in config)));
        foreach (var (map, size) in options.MapSizes.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"{map}={size};"));
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
