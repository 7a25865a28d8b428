using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Bench.Scenarios;

/// <summary>iptables over nftables, which current distributions call iptables.</summary>
internal static class IptablesRules
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Adds to what is there.</summary>
    public static void Restore(NetworkNamespace ns, string rules) =>
        Command.Run(["iptables-nft-restore", "--noflush", "--wait"], ns, rules, timeout: Patience).Checked();
}
