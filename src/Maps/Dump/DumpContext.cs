using System.Globalization;

namespace Netweir.Maps;

/// <summary>What a dump needs beside the maps.</summary>
public sealed record DumpContext
{
    public INameSource Names { get; init; } = new NameTable();

    /// <summary>Also what differs from run to run: ids, indexes, MACs, ages, counters.</summary>
    public bool AllDetails { get; init; }

    /// <summary>CLOCK_MONOTONIC, in ns, that ages are counted from.</summary>
    public ulong Now { get; init; }

    internal string? Service(uint id) => id == 0 ? null : Names.Service(id) ?? string.Create(CultureInfo.InvariantCulture, $"#{id}");

    internal string? Device(uint ifindex) => ifindex == 0 ? null : Names.Device(ifindex) ?? string.Create(CultureInfo.InvariantCulture, $"#{ifindex}");

    /// <summary><c>12s</c>; empty for a time that never was.</summary>
    internal string Age(ulong then) => then == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{(Now > then ? (Now - then) / 1_000_000_000 : 0)}s");
}
