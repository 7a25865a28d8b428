using System.Net;
using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>What Netweir calls and numbers its own devices.</summary>
public static class NetworkNames
{
    /// <summary>What the host stack sees: service addresses are routed to it.</summary>
    public const string Host = "nw_host";

    /// <summary>nw_host's peer, where from_host is attached.</summary>
    public const string Net = "nw_net";

    /// <summary>The VXLAN device.</summary>
    public const string Overlay = "nw_overlay";

    /// <summary>lo's, in every network namespace.</summary>
    public const int LoopbackIndex = 1;

    /// <summary>The routing table of services' external addresses.</summary>
    public const uint ExternalTable = 0x6e77;

    /// <summary>After the local table's rule, before everybody else's.</summary>
    public const uint ExternalRulePriority = 158;

    /// <summary>The comment of Netweir's rules in <see cref="KubeletChain"/>.</summary>
    public const string RuleComment = "netweir";

    /// <summary>The kubelet's chain that a rule of Netweir's is put into. IPv4 alone has it: ::1 is not reached from outside of lo.</summary>
    public static NfTablesChain KubeletChain { get; } = new(NfTablesFamily.IPv4, "filter", "KUBE-FIREWALL");

    /// <summary>Runtimes take the first file by name.</summary>
    public const string ConflistName = "05-netweir.conflist";

    /// <summary>Locally administered; the same on every node, because they never leave it.</summary>
    public static MacAddress HostMac { get; } = MacAddress.Parse("02:6e:77:00:00:01");

    public static MacAddress NetMac { get; } = MacAddress.Parse("02:6e:77:00:00:02");

    /// <summary>The gateway behind nw_host. No interface owns it (RFC 3927 for the family's range).</summary>
    public static IPAddress GatewayIPv4 { get; } = IPAddress.Parse("169.254.1.2");

    /// <summary>As <see cref="GatewayIPv4"/>; a unique local address (RFC 4193).</summary>
    public static IPAddress GatewayIPv6 { get; } = IPAddress.Parse("fd6e:6574:7765:6972::2");

    /// <summary>
    /// nw_host's own address, which nothing speaks to: with rp_filter on, the kernel takes packets from an address of this host, as answers to
    /// the host itself are, only on a device that has an IPv4 address (fib_validate_source).
    /// </summary>
    public static IPAddress HostAddress { get; } = IPAddress.Parse("169.254.1.3");

    public static IPAddress Gateway(bool ipv4) => ipv4 ? GatewayIPv4 : GatewayIPv6;

    public static bool IsOwn(string name) => name is Host or Net or Overlay;
}
