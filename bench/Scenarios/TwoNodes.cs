using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Bench.Scenarios;

/// <summary>
/// A lab of two nodes whose pods' traffic goes over a cable of its own, a veth pair: the lab's LAN has a bridge in between, which would be
/// measured, too. The API server stays on the LAN. A third host, the world, has a cable to the first node.
/// </summary>
public sealed class TwoNodes : IAsyncDisposable
{
    public const string Cable = "cable";
    public const string WorldCable = "wan";
    public const string WorldAddress = "192.0.2.2";
    private const string NodeToWorldAddress = "192.0.2.1";

    private TwoNodes(LabCluster lab) => Lab = lab;

    public LabCluster Lab { get; }

    public LabNode A => Lab.Nodes[0];

    public LabNode B => Lab.Nodes[1];

    /// <summary>Path of the world's namespace.</summary>
    public string World => NetworkNamespace.NamedPath(NamespaceName("wld"));

    public static async Task<TwoNodes> CreateAsync(LabOptions options)
    {
        var nodes = new TwoNodes(await LabCluster.CreateAsync(options with { Nodes = 2, StartAgents = false, OwnApiServer = true }));
        try
        {
            nodes.ConnectNodes();
            nodes.ConnectWorld();
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>A name that the lab's janitor knows as the lab's.</summary>
    public string NamespaceName(string part) => $"{Lab.Name}-{part}";

    /// <summary>Runs the lines as <c>ip -batch</c> does.</summary>
    public static void Ip(NetworkNamespace ns, params IEnumerable<string> lines) => Command.Run(["ip", "-batch", "-"], ns, string.Join('\n', lines) + '\n').Checked();

    public ValueTask DisposeAsync() => Lab.DisposeAsync();

    private void ConnectNodes()
    {
        Ip(A.Namespace, $"link add {Cable} type veth peer name {Cable} netns {NamespaceName("n2")}");
        Ip(B.Namespace, $"link set {Cable} up");
        foreach (var (node, peer) in ((LabNode, LabNode)[])[(A, B), (B, A)])
        {
            Ip(
                node.Namespace,
                $"link set {Cable} up",
                $"route add {peer.IPv4}/32 dev {Cable} src {node.IPv4}",
                $"route add {peer.IPv6}/128 dev {Cable} src {node.IPv6}",
                // The addresses are eth0's, and IPv6 neighbours answer for a device's own only.
                $"neigh replace {peer.IPv6} lladdr {Mac(peer)} dev {Cable} nud permanent");
        }
    }

    private void ConnectWorld()
    {
        using var world = NetworkNamespace.Create(NamespaceName("wld"));
        Ip(A.Namespace, $"link add {WorldCable} type veth peer name eth0 netns {NamespaceName("wld")}", $"link set {WorldCable} up", $"addr add {NodeToWorldAddress}/24 dev {WorldCable}");
        Ip(world, "link set lo up", "link set eth0 up", $"addr add {WorldAddress}/24 dev eth0", $"route add {A.IPv4}/32 via {NodeToWorldAddress}");
    }

    private static string Mac(LabNode node)
    {
        using var netlink = Rtnetlink.Open(node.Namespace);
        return netlink.Links.Get(Cable).Mac.ToString();
    }
}
