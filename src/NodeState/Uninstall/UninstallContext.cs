using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>What removers work from.</summary>
internal sealed class UninstallContext(UninstallPaths paths, Ledger ledger, IReadOnlyList<LedgerEntry> entries, Rtnetlink netlink, NfTables nftables)
{
    public UninstallPaths Paths => paths;

    public Ledger Ledger => ledger;

    public Rtnetlink Netlink => netlink;

    public NfTables NfTables => nftables;

    /// <summary>The ledger's, and those that are recognised without it, the last first.</summary>
    public IEnumerable<LedgerEntry> Of(string kind) => entries.Where(e => e.Kind == kind).Reverse();

    /// <summary>Names of the kind, once each, the last first.</summary>
    public IReadOnlyList<string> Names(string kind) => [.. Of(kind).Select(e => e.Name).Distinct(StringComparer.Ordinal)];

    public IEnumerable<string> Kinds => entries.Select(e => e.Kind).Distinct(StringComparer.Ordinal);

    /// <summary>Interfaces of pods on the host, and whose they are.</summary>
    public IReadOnlyList<(Link Link, string Pod)> Pods()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (EndpointRecord record in new EndpointStore(paths.Here(paths.StateDirectory)).List())
        {
            names[record.HostInterfaceName] = record.DisplayName;
        }

        return [.. netlink.Links.List().Where(l => l.Kind == "veth" && AttachmentKey.IsHostInterfaceName(l.Name))
            .Select(l => (l, names.GetValueOrDefault(l.Name, "a pod without a record")))];
    }
}
