using System.Net;
using System.Net.Sockets;
using Netweir.Netlink;

namespace Netweir.Support.Lab;

/// <summary>A pod that the real CNI plugin connected, with an echo server and a mirror server.</summary>
public sealed class LabPod : LabHost
{
    /// <summary>Of the echo server, TCP and UDP.</summary>
    public const int Port = 8080;

    /// <summary>Of the mirror server, TCP.</summary>
    public const int MirrorPort = 8081;

    internal LabPod(LabNode node, PodSandbox sandbox, NetworkNamespace ns, IReadOnlyDictionary<string, string> labels)
        : base(sandbox.PodName, ns)
    {
        Node = node;
        Sandbox = sandbox;
        Labels = labels;
    }

    public LabNode Node { get; }

    public PodSandbox Sandbox { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public IReadOnlyList<IPAddress> Addresses { get; internal set; } = [];

    public IPAddress IPv4 => Address(ipv6: false);

    public IPAddress IPv6 => Address(ipv6: true);

    public IPAddress Address(bool ipv6) =>
        Addresses.First(a => a.AddressFamily == (ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork));

    /// <summary>Where its echo server listens.</summary>
    public IPEndPoint EndPoint(bool ipv6) => new(Address(ipv6), Port);

    public IPEndPoint MirrorEndPoint(bool ipv6) => new(Address(ipv6), MirrorPort);

    /// <summary>As a ready backend.</summary>
    public LabBackend Backend => this;

    internal async Task ServeAsync()
    {
        await ServeAsync(new IPEndPoint(IPAddress.IPv6Any, Port));
        await MirrorAsync(new IPEndPoint(IPAddress.IPv6Any, MirrorPort));
    }
}
