using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Agents with <c>--big-tcp=true</c>, on a LAN that passes large packets whole, as NICs that cut them up and put them together again make it seem.</summary>
public sealed class BigTcpLab() : LabFixture(new LabOptions { Routing = "direct", StartAgents = false })
{
    public const int Size = 196608;

    public static OffloadSizes Default { get; } = Same(OffloadSizes.Legacy);

    public static OffloadSizes Big { get; } = Same(Size);

    public static OffloadSizes Of(LabHost host, string device)
    {
        using var netlink = Rtnetlink.Open(host.Namespace);
        return netlink.Links.Get(device).OffloadSizes;
    }

    private readonly Dictionary<LabHost, PacketCounter> _received = [];

    /// <summary>How many packets of more than 64 KiB it has received since it was first asked: the LAN those from node A, others at eth0.</summary>
    public long LargeReceived(LabHost host)
    {
        if (!_received.TryGetValue(host, out var counter))
        {
            _received.Add(host, counter = new PacketCounter(host, host == Lab.Lan ? "n1" : "eth0", PacketCounter.Large));
        }

        return counter.Count();
    }

    /// <summary>The LAN's ports to nodes and to hosts outside.</summary>
    public static void WidenLan(LabCluster lab)
    {
        using var netlink = Rtnetlink.Open(lab.Lan.Namespace);
        foreach (var link in netlink.Links.List().Where(l => l.Kind is "veth" or "bridge"))
        {
            netlink.Links.SetOffloadSizes(link.Index, Big);
        }
    }

    protected override async Task PrepareAsync()
    {
        WidenLan(Lab);
        await Lab.StartAgentsAsync("direct", "--big-tcp=true");
    }

    private static OffloadSizes Same(int size) => new(size, size, size, size);
}
