namespace Netweir.Maps;

/// <summary>How many packets a hook refused for one reason, since the map was made; summed over CPUs.</summary>
public readonly record struct DropCount(DropReason Reason, Hook Hook, ulong Packets, ulong Bytes)
{
    /// <summary><c>no_such_pod</c>: also the metric's label.</summary>
    public string ReasonText => Text.Snake(Reason);

    /// <summary><c>from_pod</c></summary>
    public string HookText => Text.Snake(Hook);

    /// <summary>Entries of nw_drops that are not zero, ordered by reason and hook.</summary>
    public static IReadOnlyList<DropCount> From(IEnumerable<KeyValuePair<uint, Counter[]>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        List<DropCount> drops = [];
        foreach ((uint index, Counter[] counters) in entries.OrderBy(e => e.Key))
        {
            ulong packets = 0, bytes = 0;
            foreach (Counter counter in counters)
            {
                packets += counter.Packets;
                bytes += counter.Bytes;
            }

            if (packets > 0)
            {
                drops.Add(new DropCount((DropReason)(index / (uint)Hook.Max), (Hook)(index % (uint)Hook.Max), packets, bytes));
            }
        }

        return drops;
    }
}
