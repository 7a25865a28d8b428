using System.Net;

namespace Netweir.Controller;

/// <summary>Hands each network to who asks first, unless it overlaps one that is taken. Constant time per claim for the usual one or two prefix lengths.</summary>
internal sealed class CidrClaims
{
    private readonly int[] _lengths;
    private readonly Dictionary<IPNetwork, string> _taken = [];

    /// <summary>Every ancestor (of a length in use) of a taken network: what is at least partly taken.</summary>
    private readonly Dictionary<IPNetwork, string> _partlyTaken = [];

    /// <param name="all">Everything that will be claimed.</param>
    public CidrClaims(IEnumerable<IPNetwork> all) => _lengths = [.. all.Select(n => n.PrefixLength).Distinct().Order()];

    public bool TryClaim(IPNetwork network, string claimant, out string owner)
    {
        if (_partlyTaken.TryGetValue(network, out owner!))
        {
            return false;
        }
        foreach (var length in _lengths.TakeWhile(l => l <= network.PrefixLength))
        {
            if (_taken.TryGetValue(Ancestor(network, length), out owner!))
            {
                return false;
            }
        }
        owner = claimant;
        _taken.Add(network, claimant);
        foreach (var length in _lengths.TakeWhile(l => l <= network.PrefixLength))
        {
            _partlyTaken.TryAdd(Ancestor(network, length), claimant);
        }
        return true;
    }

    private static IPNetwork Ancestor(IPNetwork network, int length)
    {
        return length == network.PrefixLength ? network : Cidrs.Around(network.BaseAddress, length);
    }
}
