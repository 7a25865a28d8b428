using Netweir.Endpoints;
using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Controller;

/// <summary>
/// Puts entries of connected pods back into nw_endpoints: the plugin, which makes and deletes them, is not called again for a running pod. An
/// entry that was put back while its pod was being removed is taken out in the next turn.
/// </summary>
internal sealed class EndpointReconciler(IBpfMap<Address, Endpoint> endpoints, IBpfMap<uint, ulong> epoch, TamperLog tampering)
{
    private readonly Dictionary<Address, Endpoint> _putBack = [];
    private Dictionary<Address, Endpoint> _before = [];

    /// <summary>The number of entries written or deleted. <paramref name="connected"/>: pods whose interface on the host exists.</summary>
    /// <exception cref="BpfException">The map is full, or the kernel refused.</exception>
    public int Reconcile(IReadOnlyList<EndpointRecord> connected)
    {
        var desired = new Dictionary<Address, Endpoint>();
        foreach (var pod in connected)
        {
            foreach (var address in pod.Addresses)
            {
                desired[Address.From(address)] = Entry(pod);
            }
        }
        var writes = 0;
        try
        {
            Withdraw(desired, ref writes);
            PutBack(desired, ref writes);
        }
        finally
        {
            // Also after an error: some entries may have been written.
            if (writes > 0)
            {
                Epoch.Bump(epoch);
            }
        }
        _before = desired;
        return writes;
    }

    private void PutBack(Dictionary<Address, Endpoint> desired, ref int writes)
    {
        foreach (var (address, entry) in desired)
        {
            if (!endpoints.TryLookup(address, out var there) || there != entry)
            {
                tampering.CountIf(
                    _before.TryGetValue(address, out var before) && before == entry, "map", $"the entry of {address} in nw_endpoints was removed or replaced");
                endpoints.Update(address, entry);
                _putBack[address] = entry;
                writes++;
            }
        }
    }

    private void Withdraw(Dictionary<Address, Endpoint> desired, ref int writes)
    {
        foreach (var (address, entry) in _putBack.Where(e => !desired.ContainsKey(e.Key)).ToList())
        {
            // Another value is that of the address's next pod.
            if (endpoints.TryLookup(address, out var there) && there == entry)
            {
                endpoints.Delete(address);
                writes++;
            }
            _putBack.Remove(address);
        }
    }

    private static Endpoint Entry(EndpointRecord pod) => new()
    {
        Ifindex = (uint)pod.HostInterfaceIndex,
        Mac = DatapathConfig.MacOf(pod.PodMac),
        HostMac = DatapathConfig.MacOf(pod.HostMac),
    };
}
