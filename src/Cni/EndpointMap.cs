using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;

namespace Netweir.Cni;

/// <summary>
/// The pinned maps nw_endpoints and nw_epoch. Every change of an endpoint moves the epoch, which makes the hooks look up again where
/// their packets go.
/// </summary>
internal sealed class EndpointMap : IDisposable
{
    private const int KeyLength = 16;
    private const int MostEntries = 1 << 20;
    private readonly BpfObject _endpoints;
    private readonly BpfObject _epoch;

    private EndpointMap(BpfObject endpoints, BpfObject epoch)
    {
        _endpoints = endpoints;
        _epoch = epoch;
    }

    /// <exception cref="BpfException">A map is not pinned, or may not be opened.</exception>
    /// <exception cref="CniException">11, try again later: a map is another version's.</exception>
    public static EndpointMap Open(string bpfRoot)
    {
        BpfObject endpoints = OpenMap(bpfRoot, "nw_endpoints", KeyLength, EndpointEntry.Length);
        try
        {
            return new EndpointMap(endpoints, OpenMap(bpfRoot, "nw_epoch", sizeof(uint), sizeof(ulong)));
        }
        catch
        {
            endpoints.Dispose();
            throw;
        }
    }

    /// <summary>Null when the maps are not pinned: no agent ran yet, or Netweir was uninstalled.</summary>
    public static EndpointMap? TryOpen(string bpfRoot)
    {
        try
        {
            return Open(bpfRoot);
        }
        catch (BpfException e) when (e.ErrorNumber == BpfException.ENOENT)
        {
            return null;
        }
    }

    public void Set(IReadOnlyList<IPAddress> addresses, EndpointEntry entry)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        Span<byte> value = stackalloc byte[EndpointEntry.Length];
        entry.CopyTo(value);
        try
        {
            foreach (IPAddress address in addresses)
            {
                WriteKey(address, key);
                Write(key, value);
            }
        }
        finally
        {
            MoveEpoch(); // also when only some were written
        }
    }

    /// <summary>A full map has as many entries as it may have.</summary>
    private void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        try
        {
            _endpoints.Update(key, value);
        }
        catch (BpfException e) when (e.ErrorNumber == BpfException.E2BIG)
        {
            int entries = _endpoints.Keys(KeyLength, MostEntries).Count;
            throw new CniException(
                CniErrorCode.KernelRefused,
                $"map nw_endpoints is full ({entries} entries): there is no room for this pod's addresses",
                "give netweir-agent a larger --map-size nw_endpoints=N (two for each pod of a dual-stack cluster), or run fewer pods on this node",
                e);
        }
    }

    public EndpointEntry? Find(IPAddress address)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        Span<byte> value = stackalloc byte[EndpointEntry.Length];
        WriteKey(address, key);
        return _endpoints.Lookup(key, value) ? EndpointEntry.Read(value) : null;
    }

    /// <summary>
    /// Removes the addresses that are there. The epoch moves even when none is: whoever removed them may have died before it moved the epoch.
    /// </summary>
    public void Remove(IEnumerable<IPAddress> addresses)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        try
        {
            foreach (IPAddress address in addresses)
            {
                WriteKey(address, key);
                _endpoints.Delete(key);
            }
        }
        finally
        {
            MoveEpoch();
        }
    }

    public List<IPAddress> Addresses() => _endpoints.Keys(KeyLength, MostEntries).ConvertAll(key =>
    {
        var address = new IPAddress(key);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    });

    public void Dispose()
    {
        _endpoints.Dispose();
        _epoch.Dispose();
    }

    /// <summary>What another version laid out differently must not be written to.</summary>
    private static BpfObject OpenMap(string bpfRoot, string name, int keySize, int valueSize)
    {
        BpfObject map = BpfObject.Open(Path.Combine(bpfRoot, "maps", name));
        (int key, int value) = map.MapSizes();
        if ((key, value) == (keySize, valueSize))
        {
            return map;
        }

        map.Dispose();
        throw new CniException(
            CniErrorCode.TryAgainLater,
            $"{name} was made by another version of Netweir: its keys and values have {key} and {value} bytes, this plugin's {keySize} and {valueSize}",
            "an upgrade is under way: agent and plugin of one version go together; if this lasts, look at the log of netweir-agent");
    }

    /// <summary>16 bytes in network order, IPv4 as ::ffff:a.b.c.d.</summary>
    private static void WriteKey(IPAddress address, Span<byte> key) => address.MapToIPv6().TryWriteBytes(key, out _);

    /// <summary>Writes CLOCK_MONOTONIC in ns as the agent does, and in any case another value than was there.</summary>
    private void MoveEpoch()
    {
        Span<byte> slot = stackalloc byte[4];
        slot.Clear();
        ulong before = 0;
        bool known = _epoch.Lookup(slot, MemoryMarshal.AsBytes(new Span<ulong>(ref before)));
        ulong now = (ulong)Stopwatch.GetTimestamp();
        ulong next = known && before >= now ? before + 1 : now;
        _epoch.Update(slot, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in next)));
    }
}
