using System.Buffers.Binary;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Which backend each of a table's slots has, so that a flow's hash finds the same one on every node, and few flows move when a backend comes or goes
/// ("Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016, 3.4). It depends on nothing but the backends themselves.
/// </summary>
internal static class MaglevTable
{
    /// <summary>
    /// Prime, each about four times the one before, and the first that has a hundred slots for each backend is taken, as far as there are such. When
    /// the size changes most flows move: that is why it has steps rather than to follow the number of backends.
    /// </summary>
    private static readonly int[] Sizes = [1009, 4099, 16411, 65537, 262147];

    private const int SlotsPerBackend = 100;
    private const int Free = -1;

    public static int SizeFor(int backends) =>
        backends <= 1 ? backends : Array.Find(Sizes, s => s >= (long)backends * SlotsPerBackend) is var size and > 0 ? size : Sizes[^1];

    /// <summary>Empty for no backend, and the backend itself when it is alone.</summary>
    /// <param name="backends">Distinct; their order is of no meaning.</param>
    public static FrontendKey[] Build(IReadOnlyList<FrontendKey> backends)
    {
        FrontendKey[] sorted = [.. backends.OrderBy(b => b.Address).ThenBy(b => b.Port.Value)];
        if (sorted.Length <= 1)
        {
            return sorted;
        }

        var table = new int[SizeFor(sorted.Length)];
        Fill(table, Array.ConvertAll(sorted, b => Permutation(b, table.Length)));
        return Array.ConvertAll(table, i => sorted[i]);
    }

    /// <summary>What it was built from, sorted.</summary>
    public static FrontendKey[] BackendsOf(IEnumerable<FrontendKey> table) => [.. table.Distinct().OrderBy(b => b.Address).ThenBy(b => b.Port.Value)];

    /// <summary>The backends take turns; each takes the first slot of its own permutation that is free.</summary>
    private static void Fill(int[] table, (int Offset, int Skip)[] permutations)
    {
        Array.Fill(table, Free);
        var slots = Array.ConvertAll(permutations, p => p.Offset);
        for (var taken = 0; ;)
        {
            for (var i = 0; i < slots.Length; i++)
            {
                var slot = slots[i];
                while (table[slot] != Free)
                {
                    slot = (slot + permutations[i].Skip) % table.Length;
                }

                table[slot] = i;
                slots[i] = slot;
                if (++taken == table.Length)
                {
                    return;
                }
            }
        }
    }

    private static (int Offset, int Skip) Permutation(FrontendKey backend, int size)
    {
        Span<byte> address = stackalloc byte[Address.Length];
        backend.Address.CopyTo(address);
        var hash = Mix(BinaryPrimitives.ReadUInt64BigEndian(address));
        hash = Mix(hash ^ BinaryPrimitives.ReadUInt64BigEndian(address[8..]));
        hash = Mix(hash ^ backend.Port.Value);
        return ((int)(hash % (ulong)size), (int)((Mix(hash) % (ulong)(size - 1)) + 1));
    }

    /// <summary>One step of SplitMix64 (Steele, Lea, Flood 2014).</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
