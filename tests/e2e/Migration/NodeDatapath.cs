using Netweir.Loader;
using Netweir.Maps;
using Netweir.Netlink;
using Netweir.NodeState;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Puts a datapath onto a node without its agent: what an agent of another version would have done.</summary>
internal sealed class NodeDatapath(LabNode node)
{
    /// <summary>Programs of this object in the place of those that the node has, by the same way as the agent's.</summary>
    /// <param name="stepDone">May throw: then it is as if the agent had died after the step.</param>
    public void Install(BpfObjectFile file, Action<UpgradeStep>? stepDone = null) => node.Namespace.Run(() =>
    {
        using var netlink = Rtnetlink.Open();
        var config = ConfigOf(netlink);
        new ObjectUpgrade(node.BpfRoot)
        {
            Open = migrating => OpenObject.From(file).SetConstant("config", config with { Migrating = migrating ? (byte)1 : (byte)0 }),
            Attach = _ => Attach(netlink),
            StepDone = stepDone,
        }.Run();
        Attach(netlink);
    });

    public PreviousState State => new ObjectUpgrade(node.BpfRoot) { Open = _ => throw new NotSupportedException(), Attach = _ => { } }.State;

    /// <summary>Ids of all programs that are pinned or attached, and of the maps that are pinned: what a version leaves in the kernel.</summary>
    public (HashSet<uint> Programs, HashSet<uint> Maps) Ids() => node.Namespace.Run(() =>
    {
        using var netlink = Rtnetlink.Open();
        var programs = Pinned().Select(p => p.Value).Concat(new LinkStore(node.BpfRoot).List().Select(l => l.ProgramId))
            .Concat(Filters(netlink).Select(f => f.Filter.ProgramId));
        var maps = Directory.EnumerateFiles(BpfPaths.Maps(node.BpfRoot)).Select(p => BpfMap.TryReadInfo(p, Path.GetFileName(p))!.Id);
        return (programs.ToHashSet(), maps.ToHashSet());
    });

    /// <summary>Every hook has the pinned program, and nothing else is pinned or left from <paramref name="before"/>.</summary>
    public async Task AssertSettledAsync((HashSet<uint> Programs, HashSet<uint> Maps) before, IReadOnlyList<string> maps)
    {
        var (programs, now) = Ids();
        Assert.Equal(Pinned().Values.Order(), programs.Order());
        Assert.Equal(maps, Directory.EnumerateFiles(BpfPaths.Maps(node.BpfRoot)).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal));
        Assert.Equal(["links", "maps", "programs"], Directory.EnumerateFileSystemEntries(node.BpfRoot).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal));
        await Wait.UntilAsync("the programs and maps before are gone from the kernel", TimeSpan.FromSeconds(10), () => Task.FromResult(
            !before.Programs.Except(programs).Any(id => Exists(LibBpf.Interop.LibBpf.bpf_prog_get_fd_by_id(id)))
            && !before.Maps.Except(now).Any(id => Exists(LibBpf.Interop.LibBpf.bpf_map_get_fd_by_id(id)))));
    }

    public IReadOnlyList<string> MapNames() => [.. Directory.EnumerateFiles(BpfPaths.Maps(node.BpfRoot)).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    private static bool Exists(int fd)
    {
        if (fd >= 0)
        {
            new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true).Dispose();
        }

        return fd >= 0;
    }

    private Dictionary<string, uint> Pinned()
    {
        var store = new ProgramStore(node.BpfRoot);
        return store.List().ToDictionary(n => n, n =>
        {
            using var program = store.Open(n);
            return program.Id;
        });
    }

    private void Attach(Rtnetlink netlink)
    {
        var (programs, links) = (new ProgramStore(node.BpfRoot), new LinkStore(node.BpfRoot));
        foreach (var link in links.List())
        {
            using var program = programs.Open(link.Hook);
            links.Attach(link.Hook, link.PinnedIfindex, link.Direction, program);
        }

        foreach (var (ifindex, direction, filter) in Filters(netlink))
        {
            using var program = programs.Open(filter.Name![(TrafficControl.NamePrefix.Length + 1)..]);
            netlink.TrafficControl.Attach(ifindex, direction, program.Fd.Value, filter.Name!);
        }
    }

    private static List<(int Ifindex, TcDirection Direction, TcFilter Filter)> Filters(Rtnetlink netlink) =>
    [
        .. from link in netlink.Links.List()
           from direction in new[] { TcDirection.Ingress, TcDirection.Egress }
           let filter = netlink.TrafficControl.Find(link.Index, direction)
           where filter?.Name?.StartsWith($"{TrafficControl.NamePrefix}/", StringComparison.Ordinal) == true
           select (link.Index, direction, filter),
    ];

    /// <summary>As the agent with default options computes it.</summary>
    private Config ConfigOf(Rtnetlink netlink)
    {
        var features = KernelFeatures.Probe();
        return new Config
        {
            NodeIpv4 = Address.From(node.IPv4),
            NodeIpv6 = Address.From(node.IPv6),
            HostIpv4 = Address.From(NetworkNames.GatewayIPv4),
            HostIpv6 = Address.From(NetworkNames.GatewayIPv6),
            HostIfindex = (uint)netlink.Links.Get(NetworkNames.Host).Index,
            NetIfindex = (uint)netlink.Links.Get(NetworkNames.Net).Index,
            OverlayIfindex = (uint)(netlink.Links.List().FirstOrDefault(l => l.Name == NetworkNames.Overlay)?.Index ?? 0),
            Vni = 1,
            HostMac = MacOf(NetworkNames.HostMac),
            NetMac = MacOf(NetworkNames.NetMac),
            VxlanPort = Be16.From(4789),
            SnatPortMin = 20000,
            SnatPortMax = 29999,
            MasqueradeIpv4 = 1,
            MasqueradeIpv6 = 1,
            VxlanInBpf = features is { EncapL2Eth: true, DecapL3Flags: true } ? (byte)1 : (byte)0,
            DecapL3Flags = features.DecapL3Flags ? (byte)1 : (byte)0,
            CsumIpv6Flag = features.CsumIpv6Flag ? (byte)1 : (byte)0,
        };
    }

    private static Mac MacOf(MacAddress mac)
    {
        var bytes = new byte[MacAddress.Length];
        mac.CopyTo(bytes);
        return new Mac(bytes);
    }
}
