using System.Globalization;
using System.Text.RegularExpressions;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Counts packets that a device hands to its host's stack: those that the datapath takes there go uncounted.</summary>
internal sealed partial class PacketCounter
{
    public const string Large = "meta length > 65535";
    public const string Resets = "tcp flags & rst == rst";
    private static int s_number;
    private readonly string _table = string.Create(CultureInfo.InvariantCulture, $"count{Interlocked.Increment(ref s_number)}");
    private readonly LabHost _host;

    /// <param name="match">An expression of nft.</param>
    public PacketCounter(LabHost host, string device, string match)
    {
        _host = host;
        host.Run("nft", $"add table netdev {_table}; add chain netdev {_table} in {{ type filter hook ingress device {device} priority 0; }}; "
            + $"add rule netdev {_table} in {match} counter").Checked();
    }

    public long Count() => long.Parse(
        Counted().Match(_host.Run("nft", "list", "table", "netdev", _table).Checked().Output).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"counter packets (\d+)")]
    private static partial Regex Counted();
}
