using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Netweir.Controller;
using Netweir.Loader;
using Netweir.Maps;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Kernels;

/// <summary>A node as the agent makes it, by the agent's own classes: bpffs, devices, programs, maps. Two pods' interfaces and an uplink are veths.</summary>
internal sealed class KernelNode : IDisposable
{
    private readonly MeterFactory _meters = new();
    private readonly AgentMetrics _metrics;
    private readonly InstanceLock _lock;
    private readonly DatapathLoader _loader;

    /// <exception cref="StartupException">The agent would not start on this kernel.</exception>
    public KernelNode(string objectPath)
    {
        var run = Path.Combine(Path.GetTempPath(), $"netweir-kernels-{Environment.ProcessId}");
        Options = new AgentOptions
        {
            NodeName = "kernels",
            BpfRoot = "/sys/fs/bpf/netweir-kernels",
            StateDir = Directory.CreateDirectory(Path.Combine(run, "state")).FullName,
            RunDir = Directory.CreateDirectory(Path.Combine(run, "run")).FullName,
            CniConfDir = run,
            HealthAddress = new IPEndPoint(IPAddress.Loopback, 0),
            ObjectPath = objectPath,
            // The declared ones are for large clusters; a virtual machine has little memory.
            MapSizes = new Dictionary<string, uint> { ["nw_conntrack"] = 4096 },
        };
        Written = new LedgerWriter(new Ledger(Options.StateDir));
        _lock = Preflight.Run(Options, Written);
        Features = KernelFeatures.Probe();
        Netlink = Rtnetlink.Open();
        _metrics = new AgentMetrics(_meters);
        Tampering = new TamperLog(_metrics.ExternalChanges, NullLogger.Instance);
        _loader = new DatapathLoader(Options, _metrics);
        Netlink.Links.SetUp(1);
        Devices = new DeviceReconciler(Netlink, Options.RunDir, Tampering, Written).Reconcile(new DeviceSpec(1500, Overlay: true, Options.VxlanPort));
        (Pod1, Pod2, Uplink) = (Veth("pod1"), Veth("pod2"), Veth("uplink"));
        Outside();
    }

    public AgentOptions Options { get; }

    public KernelFeatures Features { get; }

    public Rtnetlink Netlink { get; }

    public TamperLog Tampering { get; }

    public LedgerWriter Written { get; }

    public Devices Devices { get; }

    public int Pod1 { get; }

    public int Pod2 { get; }

    public int Uplink { get; }

    /// <summary>The programs as they are pinned then, opened; the maps are those of the first time.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public ProgramSet Load(Config config)
    {
        _loader.Load(config, mapsInUse: false, _ => { });
        return ProgramSet.TryOpen(new ProgramStore(Options.BpfRoot)) ?? throw new BpfException("the programs are not pinned, although they were loaded");
    }

    public void Dispose()
    {
        foreach (var link in new[] { Pod1, Pod2, Uplink, Devices.Host, Devices.Overlay })
        {
            Netlink.Links.Delete(link);
        }
        Netlink.Dispose();
        _metrics.Dispose();
        _lock.Dispose();
        Directory.Delete(Options.BpfRoot, recursive: true);
        Directory.Delete(Options.CniConfDir, recursive: true);
    }

    private int Veth(string name)
    {
        Netlink.Links.CreateVeth(new VethSpec { Name = name, PeerName = name + "-end" });
        var index = Netlink.Links.Get(name).Index;
        Netlink.Links.SetUp(Netlink.Links.Get(name + "-end").Index);
        Netlink.Links.SetUp(index);
        return index;
    }

    /// <summary>What the kernel's route look-up has to find: routers with known link-layer addresses.</summary>
    private void Outside()
    {
        foreach (var (address, bits, router, all) in new[] { (Plan.NodeV4, 24, Plan.RouterV4, "0.0.0.0/0"), (Plan.NodeV6, 64, Plan.RouterV6, "::/0") })
        {
            Netlink.Addresses.Replace(new InterfaceAddress
            {
                LinkIndex = Uplink,
                Address = IPAddress.Parse(address),
                PrefixLength = bits,
                Flags = address.Contains(':', StringComparison.Ordinal) ? AddressFlags.NoDad : AddressFlags.None,
            });
            var gateway = IPAddress.Parse(router);
            Netlink.Neighbours.Replace(new Neighbour { LinkIndex = Uplink, Address = gateway, Mac = MacAddress.Parse("02:00:00:00:fe:01") });
            Netlink.Routes.Add(new Route { Destination = IPNetwork.Parse(all), Gateway = gateway, LinkIndex = Uplink, Protocol = RouteProtocol.Static });
        }
        File.WriteAllText("/proc/sys/net/ipv4/conf/all/forwarding", "1");
        File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
    }
}
