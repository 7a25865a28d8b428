using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Controller;

/// <summary>Loads the object and pins its programs in the place of the old ones. What has been refused once is not tried again unchanged.</summary>
internal sealed class DatapathLoader(AgentOptions options, AgentMetrics metrics)
{
    private readonly ProgramStore _programs = new(options.BpfRoot);
    private readonly string _marker = Path.Combine(options.RunDir, "datapath");
    private (DateTime Written, byte[] Hash) _object;
    private string? _pinned;
    private string? _refused;
    private BpfException? _refusal;

    /// <summary>
    /// True when programs were loaded; false when those of the same object and configuration are pinned already, perhaps by an earlier run.
    /// </summary>
    /// <exception cref="BpfException">The kernel refused; the old programs stay pinned and attached.</exception>
    /// <exception cref="IOException">The object cannot be read.</exception>
    public bool Load(Config config)
    {
        var wanted = Fingerprint(ObjectHash(), config);
        if (IsPinned(wanted))
        {
            return false;
        }
        if (wanted == _refused)
        {
            throw new BpfException(_refusal!.Message, _refusal);
        }
        try
        {
            LoadAndPin(config);
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

    private void LoadAndPin(Config config)
    {
        using var open = OpenObject.FromFile(options.ObjectPath);
        open.SetConstant("config", config).PinMaps(options.BpfRoot);
        foreach (var (map, size) in options.MapSizes)
        {
            open.SetMaxEntries(map, size);
        }
        using var loaded = open.Load();
        foreach (var hook in HookNames.All)
        {
            _programs.Pin(loaded.Program(hook));
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
