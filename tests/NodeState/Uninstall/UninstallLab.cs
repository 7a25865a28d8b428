using System.Diagnostics;
using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.NodeState.Tests;

/// <summary>A network namespace, and a directory that stands for a node's root.</summary>
public abstract class UninstallLab : IDisposable
{
    private readonly string _name = $"nwu-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly string _root = Directory.CreateTempSubdirectory("nw-uninstall-").FullName;

    protected UninstallLab()
    {
        Namespace = NetworkNamespace.Create(_name);
        Netlink = Rtnetlink.Open(Namespace);
        Ledger = new Ledger(Here("/var/lib/netweir"));
        Writer = new LedgerWriter(Ledger);
    }

    protected NetworkNamespace Namespace { get; }

    protected Rtnetlink Netlink { get; }

    protected Ledger Ledger { get; }

    protected LedgerWriter Writer { get; }

    public void Dispose()
    {
        Netlink.Dispose();
        Namespace.Dispose();
        NetworkNamespace.Delete(_name);
        if (Directory.Exists(Here("/bpf")) && BpfFs.IsMounted(Here("/bpf")))
        {
            Shell("umount", Here("/bpf"));
        }

        Directory.Delete(_root, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A little of everything that an agent makes.</summary>
    protected void Populate()
    {
        Namespace.Run(() =>
        {
            Sysctl.Write("net/ipv4/ip_forward", "0");
            Sysctl.Write("net/ipv4/conf/lo/forwarding", "1");
            Write("/run/netweir/agent.lock", "");
            Write("/opt/netweir/bin/ctl", "ctl");
            Write("/opt/cni/bin/netweir-cni", "plugin");
            Write("/etc/cni/net.d/05-netweir.conflist", "{}");
            foreach (var effect in SysctlEffects.Of("net/ipv4/ip_forward", "0", "1"))
            {
                Writer.Add(effect);
            }

            Writer.Add(LedgerKind.Sysctl, "net/ipv4/ip_forward", "1", "0");
            Sysctl.Write("net/ipv4/ip_forward", "1");
        });
        Writer.Add(LedgerKind.Device, "nw_host", "veth");
        Netlink.Links.CreateVeth(new VethSpec { Name = "nw_host", PeerName = "nw_net" });
        Netlink.Links.SetUp(1);
        Netlink.Routes.Add(new Route { Destination = System.Net.IPNetwork.Parse("198.51.100.0/24"), LinkIndex = 1 });
        Assert.Null(Writer.Problem);
    }

    protected void AssertUntouched()
    {
        Assert.Equal(["etc", "etc/cni", "etc/cni/net.d", "opt", "opt/cni", "opt/cni/bin", "run", "var", "var/lib"], Tree());
        Assert.Equal(("0", "1"), Namespace.Run(() => (Sysctl.Read("net/ipv4/ip_forward"), Sysctl.Read("net/ipv4/conf/lo/forwarding"))));
        Assert.Equal(["lo"], Netlink.Links.List().Select(l => l.Name));
        Assert.Empty(Netlink.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir }));
    }

    protected NodeUninstall Uninstall() => new(
        new UninstallPaths
        {
            BpfRoot = "/bpf/netweir",
            StateDirectory = "/var/lib/netweir",
            RunDirectory = "/run/netweir",
            CniConfDirectory = "/etc/cni/net.d",
            CniBinDirectory = "/opt/cni/bin",
            BinDirectory = "/opt/netweir/bin",
            HostRoot = _root,
        },
        force: false);

    protected IReadOnlyList<UninstallLine> Run(int stopAfter = int.MaxValue)
    {
        var said = 0;
        return Namespace.Run(() => Uninstall().Run(_ =>
        {
            if (++said == stopAfter)
            {
                throw new OperationCanceledException();
            }
        }));
    }

    protected int Device(string name)
    {
        Netlink.Links.CreateVeth(new VethSpec { Name = name, PeerName = name + "p" });
        return Netlink.Links.Get(name).Index;
    }

    protected string Here(string path) => _root + path;

    protected void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Here(path))!);
        File.WriteAllText(Here(path), content);
    }

    protected string[] Tree() =>
        [.. Directory.EnumerateFileSystemEntries(_root, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(_root, p)).Order(StringComparer.Ordinal)];

    private static void Shell(params string[] command)
    {
        using var process = Process.Start(command[0], command[1..]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
