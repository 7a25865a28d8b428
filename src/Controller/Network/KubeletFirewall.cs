using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>
/// Keeps one rule of its own, the first, in the kubelet's chain: what leaves by <c>lo</c> returns from it.
/// <para>
/// The kubelet drops, in table filter at INPUT and OUTPUT, what goes to 127.0.0.0/8 from elsewhere and is not translated by netfilter, because
/// route_localnet, which kube-proxy sets, would let neighbours reach services on 127.0.0.1 (CVE-2020-8558). At OUTPUT this meets the host's own
/// processes that connect from the node's address to a NodePort or host port on 127.0.0.1: Netweir serves those on egress of <c>lo</c>, which is
/// later, without netfilter; and no table can take back another one's drop. The protection stays whole: a packet from another host is met at
/// INPUT, where it has no output device.
/// </para>
/// <para>
/// Seen are the chains of iptables-nft only. On a node whose kubelet uses iptables-legacy (it is in /proc/net/ip_tables_names) the rule has to be made by hand:
/// <c>iptables -I KUBE-FIREWALL -o lo -m comment --comment netweir -j RETURN</c>.
/// </para>
/// </summary>
internal sealed class KubeletFirewall(NfTables nftables, TamperLog tampering, LedgerWriter ledger)
{
    public static NfTablesChain Chain => NetworkNames.KubeletChain;

    public const string Comment = NetworkNames.RuleComment;
    private bool _applied;

    /// <summary>The number of rules inserted or deleted; none as long as there is no such chain.</summary>
    /// <exception cref="NetlinkException">The kernel refused a change.</exception>
    public int Reconcile(bool localhostNodePorts)
    {
        if (nftables.Rules(Chain) is not { } rules)
        {
            _applied = false;
            return 0;
        }
        var writes = 0;
        var first = rules is [{ Comment: Comment } rule, ..] ? rule : null;
        if (localhostNodePorts && first is null)
        {
            tampering.CountIf(_applied, "firewall", $"the first rule of {Chain} is not Netweir's any more");
            ledger.Add(LedgerKind.Firewall, Chain.ToString());
            writes += nftables.InsertReturnOnOutput(Chain, "lo", Comment) ? 1 : 0;
        }
        foreach (var surplus in rules.Where(r => r.Comment == Comment && !(localhostNodePorts && r == first)))
        {
            writes += nftables.Delete(Chain, surplus.Handle) ? 1 : 0;
        }
        _applied = localhostNodePorts;
        return writes;
    }
}
