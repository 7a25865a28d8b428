using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>Writes kernel settings that differ. To be called on a thread in the node's network namespace.</summary>
internal sealed class SysctlReconciler(TamperLog tampering, LedgerWriter ledger)
{
    /// <summary>Replaced whole: the look comes from another thread.</summary>
    private volatile IReadOnlyDictionary<string, string> _applied = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether something else changed a setting since the last turn. May be asked on any thread.</summary>
    public bool IsDisturbed() => _applied.Any(s => Sysctl.TryRead(s.Key) is { } actual && actual != s.Value);

    /// <summary>The number of settings written.</summary>
    /// <exception cref="IOException">The kernel refused a value.</exception>
    public int Reconcile(NodeFacts own, IReadOnlyList<Uplink> uplinks, bool overlay, bool localhostNodePorts)
    {
        var writes = 0;
        var applied = new Dictionary<string, string>(_applied, StringComparer.Ordinal);
        if (own.InternalIPv6 is not null)
        {
            // Forwarding would make the kernel ignore router advertisements, from which the default route may come.
            foreach (var name in uplinks.Select(u => $"net/ipv6/conf/{u.Name}/accept_ra").Where(n => Sysctl.TryRead(n) == "1"))
            {
                Write(name, "1", "2");
                writes++;
            }
        }
        foreach (var (name, value) in SysctlPlan.Compute(own, overlay, localhostNodePorts))
        {
            if (Sysctl.TryRead(name) is { } actual && actual != value)
            {
                tampering.CountIf(_applied.GetValueOrDefault(name) == value, "sysctl", $"{name} was {actual}");
                Write(name, actual, value);
                writes++;
            }
            applied[name] = value;
        }
        _applied = applied;
        return writes;
    }

    /// <summary>Settings of Netweir's own devices go with these.</summary>
    private void Write(string name, string actual, string value)
    {
        if (!name.Split('/').Any(NetworkNames.IsOwn))
        {
            foreach (var effect in SysctlEffects.Of(name, actual, value))
            {
                ledger.Add(effect);
            }
            ledger.Add(LedgerKind.Sysctl, name, value, actual);
        }
        Sysctl.Write(name, value);
    }
}
