using System.Net;
using Netweir.Netlink;
using Netweir.NodeState.Foreign;
using Netweir.Support.Lab;

namespace Netweir.NodeState.Tests.Foreign;

/// <summary>A network namespace, a CNI configuration directory and a /proc of the test's own, which look like a node of somebody else's.</summary>
internal sealed class ForeignNode : IDisposable
{
    private readonly string _name = $"nwf-{Guid.NewGuid():N}"[..16];
    private readonly string _directory = Directory.CreateTempSubdirectory("nw-foreign-").FullName;
    private readonly List<(string Name, NetworkNamespace Namespace)> _pods = [];

    public ForeignNode()
    {
        Namespace = NetworkNamespace.Create(_name);
        Netlink = Rtnetlink.Open(Namespace);
        Ruleset = NfTablesRuleset.Open(Namespace);
        Netlink.Links.SetUp(1);
        Directory.CreateDirectory(ConfDir);
        Directory.CreateDirectory(Path.Combine(_directory, "proc", "1"));
    }

    public NetworkNamespace Namespace { get; }

    public Rtnetlink Netlink { get; }

    public NfTablesRuleset Ruleset { get; }

    public string ConfDir => Path.Combine(_directory, "net.d");

    public ForeignPaths Paths => new()
    {
        Host = new HostRoot(_directory),
        CniConfDir = ConfDir,
        BpfFileSystem = Path.Combine(_directory, "bpf"),
        BpfRoot = Path.Combine(_directory, "bpf", "netweir"),
    };

    public ForeignState Read() => Namespace.Run(() => ForeignState.Read(Paths));

    public IReadOnlyList<Finding> Findings() => ForeignFindings.Compute(Read(), ConfDir);

    /// <summary>What nft shows, without counters.</summary>
    public string Rules() => Run("nft", "-s", "list", "ruleset").Output;

    public Command Run(params string[] command) => Command.Run(command, Namespace).Checked();

    public void Nft(string rules) => Command.Run(["nft", "-f", "-"], Namespace, rules).Checked();

    public void Iptables(string rules) => Command.Run(["iptables-nft-restore", "--noflush"], Namespace, rules).Checked();

    public void Ip6tables(string rules) => Command.Run(["ip6tables-nft-restore", "--noflush"], Namespace, rules).Checked();

    public void Configuration(string name, string plugin) =>
        File.WriteAllText(Path.Combine(ConfDir, name), $$"""{"cniVersion": "1.0.0", "name": "n", "plugins": [{"type": "{{plugin}}"}, {"type": "portmap"}]}""");

    /// <summary>What the kernel shows of a process of this network namespace.</summary>
    public void Process(int id, string name, string? networkNamespace = null)
    {
        string directory = Path.Combine(_directory, "proc", $"{id}");
        Directory.CreateDirectory(Path.Combine(directory, "ns"));
        File.WriteAllText(Path.Combine(directory, "comm"), name + "\n");
        File.CreateSymbolicLink(Path.Combine(directory, "ns", "net"), networkNamespace ?? $"net:[{Namespace.Inode}]");
    }

    public void KillProcess(int id) => Directory.Delete(Path.Combine(_directory, "proc", $"{id}"), recursive: true);

    /// <summary>An interface with its peer in a namespace of its own, as other plugins make them.</summary>
    public void Pod(string interfaceName, string? bridge = null)
    {
        string name = $"{_name}{_pods.Count}";
        NetworkNamespace pod = NetworkNamespace.Create(name);
        _pods.Add((name, pod));
        Netlink.Links.CreateVeth(new VethSpec { Name = interfaceName, PeerName = "eth0", PeerNamespace = pod });
        if (bridge is not null)
        {
            Run("ip", "link", "set", interfaceName, "master", bridge);
        }
    }

    /// <summary>eth0 with an address and the default route; its peer is in another namespace, as kind's nodes have it.</summary>
    public Link Uplink()
    {
        Pod("eth0");
        Link link = Netlink.Links.Get("eth0");
        Netlink.Addresses.Replace(new InterfaceAddress { LinkIndex = link.Index, Address = IPAddress.Parse("10.0.0.1"), PrefixLength = 24 });
        Netlink.Links.SetUp(link.Index);
        Netlink.Routes.Add(new Route { Destination = IPNetwork.Parse("0.0.0.0/0"), Gateway = IPAddress.Parse("10.0.0.254"), LinkIndex = link.Index, OnLink = true });
        return link;
    }

    public void Dispose()
    {
        Ruleset.Dispose();
        Netlink.Dispose();
        foreach ((string name, NetworkNamespace pod) in _pods.Append((_name, Namespace)))
        {
            pod.Dispose();
            NetworkNamespace.Delete(name);
        }

        Directory.Delete(_directory, recursive: true);
    }
}
