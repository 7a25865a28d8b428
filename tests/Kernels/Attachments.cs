using Netweir.Controller;
using Netweir.Loader;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Kernels;

/// <summary>Attaches as the agent does, once with filters and, where the kernel has them, once with links in their place.</summary>
internal static class Attachments
{
    public static string Check(KernelNode node, ProgramSet programs)
    {
        Attach(node, programs, tcx: false);
        var filters = Filters(node, node.Uplink) + Filters(node, node.Pod1) + Filters(node, node.Devices.Net) + Filters(node, NetworkNames.LoopbackIndex);
        Expect(filters == 6, $"6 filters were attached, and {filters} are there");
        if (!node.Features.Tcx)
        {
            return "clsact";
        }
        Attach(node, programs, tcx: true);
        var links = new LinkStore(node.Options.BpfRoot).List().Count(l => l.Ifindex != 0);
        Expect(links == 3, $"3 links were attached, and {links} are there");
        Expect(Filters(node, node.Uplink) == 0, "filters of the uplink stayed beside the links");
        return "clsact and TCX";
    }

    private static void Attach(KernelNode node, ProgramSet programs, bool tcx)
    {
        var filters = new FilterReconciler(node.Tampering, node.Written);
        filters.Ensure(node.Netlink, node.Pod1, TcDirection.Ingress, programs[HookNames.FromPod]);
        filters.Ensure(node.Netlink, node.Pod1, TcDirection.Egress, programs[HookNames.ToPod]);
        filters.Ensure(node.Netlink, node.Devices.Net, TcDirection.Ingress, programs[HookNames.FromHost]);
        filters.Ensure(node.Netlink, node.Devices.Overlay, TcDirection.Ingress, programs[HookNames.FromOverlay]);
        Hooks(node, HookPoint.Uplink, tcx, filters).Reconcile(node.Netlink, programs, [node.Uplink]);
        Hooks(node, HookPoint.Loopback, tcx, filters).Reconcile(node.Netlink, programs, [NetworkNames.LoopbackIndex]);
    }

    private static HookReconciler Hooks(KernelNode node, IReadOnlyList<HookPoint> points, bool tcx, FilterReconciler filters) =>
        new(points, node.Options.BpfRoot, tcx, filters, node.Tampering);

    private static int Filters(KernelNode node, int ifindex) =>
        node.Netlink.TrafficControl.List(ifindex, TcDirection.Ingress).Count + node.Netlink.TrafficControl.List(ifindex, TcDirection.Egress).Count;

    private static void Expect(bool holds, string message)
    {
        if (!holds)
        {
            throw new InvalidOperationException(message);
        }
    }
}
