using System.Net;

namespace Netweir.Datapath.Tests.Fuzz;

/// <summary>Who is who among the addresses of the harness's cluster.</summary>
internal sealed class ClusterAddresses
{
    private static readonly Net[] s_nets = [Net.V4, Net.V6];
    private readonly HashSet<IPAddress> _pod1 = Of(n => n.A1);
    private readonly HashSet<IPAddress> _pod2 = Of(n => n.A2);
    private readonly HashSet<IPAddress> _nodes = [.. Of(n => n.NodeA), .. Of(n => n.NodeB)];
    private readonly IPNetwork[] _cluster = [.. s_nets.SelectMany(n => new[] { n.PodsA, n.PodsB, n.Services, n.OfficeRange }).Select(p => IPNetwork.Parse(p))];

    public IPAddress NodeA { get; } = IPAddress.Parse(Net.V4.NodeA);

    public bool IsOf(Device pod, IPAddress address) => (pod == Device.Pod1 ? _pod1 : _pod2).Contains(address);

    /// <summary>A pod of this node.</summary>
    public bool IsPod(IPAddress address) => _pod1.Contains(address) || _pod2.Contains(address);

    /// <summary>Where pods go as the node.</summary>
    public bool IsWorld(IPAddress address) => !_nodes.Contains(address) && !_cluster.Any(n => n.Contains(address)) && FrameView.IsOneHost(address);

    private static HashSet<IPAddress> Of(Func<Net, string> address) => [.. s_nets.Select(n => IPAddress.Parse(address(n)))];
}
