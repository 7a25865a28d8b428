using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>Writes kernel settings that differ. To be called on a thread in the node's network namespace.</summary>
internal sealed class SysctlReconciler(TamperLog tampering)
{
    private readonly HashSet<string> _applied = new(StringComparer.Ordinal);

    /// <summary>The number of settings written.</summary>
    /// <exception cref="IOException">The kernel refused a value.</exception>
    public int Reconcile(NodeFacts own, IReadOnlyList<Uplink> uplinks, bool overlay, bool localhostNodePorts)
    {
        var writes = 0;
        if (own.InternalIPv6 is not null)
        {
            // Forwarding would make the kernel ignore router advertisements, from which the default route may come.
            foreach (var name in uplinks.Select(u => $"net/ipv6/conf/{u.Name}/accept_ra").Where(n => Sysctl.TryRead(n) == "1"))
            {
                Sysctl.Write(name, "2");
                writes++;
            }
        }
        foreach (var (name, value) in SysctlPlan.Compute(own, overlay, localhostNodePorts))
        {
            if (Sysctl.TryRead(name) is { } actual && actual != value)
            {
                tampering.CountIf(_applied.Contains(name), "sysctl", $"{name} was {actual}");
                Sysctl.Write(name, value);
                writes++;
            }
            _applied.Add(name);
        }
        return writes;
    }
}
