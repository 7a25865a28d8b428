using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.Ctl;

/// <summary>
/// Makes what Netweir makes on a node, in a network namespace without a name that nobody else sees and that is gone afterwards with all that is in
/// it, however this process ends.
/// </summary>
/// <param name="Veth">Why the kernel refused a veth pair; null: it did not.</param>
/// <param name="Vxlan">As <paramref name="Veth"/>, for a VXLAN device in collect-metadata mode.</param>
/// <param name="Filter">As <paramref name="Veth"/>, for a BPF program at clsact.</param>
internal sealed record NamespaceProbe(string? Veth, string? Vxlan, string? Filter)
{
    public static NamespaceProbe Run()
    {
        using BpfProgram program = ProgramProbe.Load();
        return NetworkNamespace.RunInNew(() =>
        {
            using var netlink = Rtnetlink.Open();
            return new NamespaceProbe(
                Try(() => netlink.Links.CreateVeth(new VethSpec { Name = "nw_probe0", PeerName = "nw_probe1" })),
                Try(() => netlink.Links.CreateVxlan(new VxlanSpec { Name = "nw_probe2" })),
                Try(() => Attach(netlink, program)));
        });
    }

    /// <summary>The loopback device is there in any case.</summary>
    private static void Attach(Rtnetlink netlink, BpfProgram program)
    {
        const int loopback = 1;
        netlink.TrafficControl.EnsureClsact(loopback);
        netlink.TrafficControl.Attach(loopback, TcDirection.Ingress, program.Fd.Value, $"{TrafficControl.NamePrefix}/probe");
    }

    private static string? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (NetlinkException e)
        {
            return e.Message;
        }
    }
}
