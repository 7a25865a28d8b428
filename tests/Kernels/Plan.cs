namespace Netweir.Kernels;

/// <summary>The addresses of a small dual-stack cluster: this node with two pods, a peer, a service.</summary>
internal static class Plan
{
    public const string NodeV4 = "192.0.2.1";
    public const string NodeV6 = "2001:db8::1";
    public const string PodsV4 = "10.244.1.0/24";
    public const string PodsV6 = "fd00:10:1::/64";
    public const string PeerV4 = "192.0.2.2";
    public const string PeerV6 = "2001:db8::2";
    public const string RouterV4 = "192.0.2.254";
    public const string RouterV6 = "2001:db8::fe";

    public static Family V4 { get; } = new()
    {
        Node = NodeV4,
        Peer = PeerV4,
        Pods = PodsV4,
        PeerPods = "10.244.2.0/24",
        Services = "10.96.0.0/16",
        Pod1 = "10.244.1.2",
        Pod2 = "10.244.1.3",
        Remote = "10.244.2.2",
        Service = "10.96.0.10",
        World = "198.51.100.9",
    };

    public static Family V6 { get; } = new()
    {
        Node = NodeV6,
        Peer = PeerV6,
        Pods = PodsV6,
        PeerPods = "fd00:10:2::/64",
        Services = "fd00:96::/112",
        Pod1 = "fd00:10:1::2",
        Pod2 = "fd00:10:1::3",
        Remote = "fd00:10:2::2",
        Service = "fd00:96::10",
        World = "2001:db8:9::9",
    };
}
