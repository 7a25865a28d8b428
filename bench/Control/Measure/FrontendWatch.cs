using System.Diagnostics;
using Netweir.Maps;

namespace Netweir.Bench;

/// <summary>Sees by the maps alone when a service is programmed anew: its frontend points to another list then.</summary>
internal sealed class FrontendWatch(NetweirMaps maps)
{
    private const uint Interval = 100;
    private readonly List<(FrontendKey Key, Frontend Before, long Sent)> _pending = [];

    public int Pending => _pending.Count;

    public static FrontendKey KeyOf(int service) => new() { Address = Address.From(FleetAddresses.Service(service)), Port = 80, Protocol = 6 };

    public bool Has(int service) => maps.Frontends.TryLookup(KeyOf(service), out _);

    /// <summary>Expects a change that <paramref name="send"/> causes, which returns when it did.</summary>
    public void Expect(int service, Func<long> send)
    {
        var key = KeyOf(service);
        if (!maps.Frontends.TryLookup(key, out var before))
        {
            throw new InvalidOperationException($"service {service} has no frontend");
        }

        _pending.Add((key, before, send()));
    }

    /// <summary>Looks at every frontend that is to change. Returns the milliseconds that those took that have changed.</summary>
    public List<double> Look()
    {
        var took = new List<double>();
        _pending.RemoveAll(p =>
        {
            var changed = maps.Frontends.TryLookup(p.Key, out var now) && now != p.Before;
            if (changed)
            {
                took.Add(Stopwatch.GetElapsedTime(p.Sent).TotalMilliseconds);
            }

            return changed;
        });
        return took;
    }

    /// <summary>Until <paramref name="until"/>, or earlier when nothing is pending and <paramref name="drain"/>.</summary>
    public List<double> LookUntil(long until, bool drain)
    {
        var took = new List<double>();
        while (Stopwatch.GetTimestamp() < until && (_pending.Count > 0 || !drain))
        {
            took.AddRange(Look());
            Pause.Microseconds(Interval);
        }

        return took;
    }
}
