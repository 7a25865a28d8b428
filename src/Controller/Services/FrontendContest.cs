using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Who has a frontend that several Services want: the one for whom it is of the kind that has precedence, of two of one kind the first. A ClusterIP
/// is had as a whole or not at all; of everything else only the frontend itself is left out.
/// </summary>
internal sealed class FrontendContest(ServiceIndex index, Func<ObjectKey, FrontendKey, FrontendKind?> kindOf)
{
    /// <summary>Of a ClusterIP's marker.</summary>
    private const byte AnyProtocol = 0;
    private const int MostNamed = 3;

    public Claims Settle(DesiredService desired)
    {
        var ours = index.PortsOf(desired.Key).Select(s => s.Id).ToHashSet();
        if (desired.Ports.All(p => p.Frontends.All(f => index.OwnerOf(f.Key) is var owner && (owner == 0 || ours.Contains(owner)))))
        {
            return new Claims(desired, null) { Losers = [], Displaced = [] };
        }

        var lost = new List<(DesiredFrontend Frontend, ObjectKey Rival)>();
        var (losers, displaced) = (new HashSet<ObjectKey>(), new HashSet<ObjectKey>());
        foreach (var frontend in desired.Ports.SelectMany(p => p.Frontends))
        {
            if (index.OwnerOf(frontend.Key) is not 0 and var owner && !ours.Contains(owner))
            {
                var rival = index.KeyOf(owner).Service;
                var kind = kindOf(rival, frontend.Key);
                if (kind <= frontend.Kind)
                {
                    lost.Add((frontend, rival));
                    continue;
                }

                losers.Add(rival);
                _ = kind is not null && displaced.Add(rival);
            }
        }

        if (lost.Exists(l => l.Frontend.Kind == FrontendKind.ClusterIP))
        {
            return new Claims(null, Refused(desired, lost, partial: false)) { Losers = [], Displaced = [] };
        }

        var left = lost.Count == 0 ? desired : desired.Without([.. lost.Select(l => l.Frontend.Key)]);
        var notice = lost.Count == 0 ? null : Refused(desired, lost, partial: left.Ports.Count > 0);
        return new Claims(left, notice) { Losers = losers, Displaced = displaced };
    }

    private static Refusal Refused(DesiredService desired, List<(DesiredFrontend Frontend, ObjectKey Rival)> lost, bool partial)
    {
        var named = lost.OrderBy(l => l.Frontend.Kind).ThenBy(l => l.Frontend.Key.Protocol == AnyProtocol).Take(partial ? MostNamed : 1).ToArray();
        var places = string.Join(", ", named.Select(l => $"{Text(l.Frontend.Key)} belongs to {l.Rival}"));
        var more = partial && lost.Count > named.Length ? $", and {lost.Count - named.Length} more to others" : "";
        var rest = partial ? "; the rest of it is programmed" : "";
        return new Refusal(desired.Key, RefusalReason.Conflict, $"{places}{more}; {Remedy(named[0].Frontend.Kind)}{rest}") { Rival = named[0].Rival, IsPartial = partial };
    }

    private static string Remedy(FrontendKind kind) => kind switch
    {
        FrontendKind.External => "take the address from one of the two, or give one another port",
        FrontendKind.HostPort => "give the pod another hostPort",
        _ => "delete one of the two or give it another address or port",
    };

    private static string Text(FrontendKey key) => key.Protocol == AnyProtocol
        ? $"{key.Address}"
        : Keys.IsOfNode(key)
            ? $"{Protocols.Name(key.Protocol)} port {key.Port} of this node"
            : $"{key.Address} port {key.Port} ({Protocols.Name(key.Protocol)})";
}
