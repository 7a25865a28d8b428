using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Netweir.Controller;

/// <summary>Every option of the agent.</summary>
internal static class OptionTable
{
    public static IReadOnlyList<OptionSpec> All { get; } =
    [
        new("node-name", "NAME", "this node's name in the API (default: $NODE_NAME, else the host name)", (b, v) => Set(() => b.NodeName = v)),
        new("kubeconfig", "FILE", "how to reach the API (default: the pod's service account, at the kubelet's API server)", (b, v) => Set(() => b.Kubeconfig = v)),
        new("kubelet-kubeconfig", "FILE", "in a pod: the kubelet's, for the API server's address alone (default: where distributions put it)",
            (b, v) => Set(() => b.KubeletKubeconfig = v)),
        new("api-server", "URL", "an API server's own address, before those in kubeconfigs; never a ClusterIP", ApiServer, Repeatable: true),
        new("routing", "MODE", "the way to other nodes' pods: direct, vxlan, or auto per peer (default auto)", Routing),
        new("service-cidr", "CIDR", "a service range; used when the API has no ServiceCIDR resource (before 1.33)", (b, v) => Cidr(b.ServiceCidrs, v), Repeatable: true),
        new("uplink", "IFNAME", "a device that the world is reached over (default: found from the routes)", Uplink, Repeatable: true),
        new("masquerade", "FAMILIES", "pods reach the world as the node: ipv4, ipv6, both or none (default both)", Masquerade),
        new("no-masquerade-cidr", "CIDR", "outside the cluster, but pods keep their address towards it", (b, v) => Cidr(b.NoMasqueradeCidrs, v), Repeatable: true),
        new("vxlan-port", "PORT", "UDP port of VXLAN (default 4789, RFC 7348)", (b, v) => Number(v, 1, 65535, n => b.VxlanPort = (ushort)n)),
        new("vni", "N", "VXLAN network identifier (default 1)", (b, v) => Number(v, 0, 0xffffff, n => b.Vni = (uint)n)),
        new("snat-ports", "MIN-MAX", "ports for translated sources (default 20000-29999)", SnatPorts),
        new("mtu", "BYTES", "of pods; 0 takes the uplink's, less the overhead in use (default 0)", Mtu),
        new("big-tcp", "true|false", "TCP packets of up to 192 KiB between pods; without VXLAN only, Linux 6.3 or later (default false)", (b, v) => Flag(v, f => b.BigTcp = f)),
        new("bpf-root", "DIR", "where maps, programs and links are pinned (default /sys/fs/bpf/netweir)", (b, v) => Directory(v, p => b.BpfRoot = p)),
        new("state-dir", "DIR", "records that outlive a reboot (default /var/lib/netweir)", (b, v) => Directory(v, p => b.StateDir = p)),
        new("run-dir", "DIR", "facts about this boot (default /run/netweir)", (b, v) => Directory(v, p => b.RunDir = p)),
        new("cni-conf-dir", "DIR", "where the container runtime looks (default /etc/cni/net.d)", (b, v) => Directory(v, p => b.CniConfDir = p)),
        new("health-address", "IP:PORT", "serves /healthz, /readyz, /metrics (default 0.0.0.0:9869, which is both families)", (b, v) => Address(v, a => b.HealthAddress = a)),
        new("healthz-bind-address", "IP:PORT", "kube-proxy's /healthz and /livez; empty: off (default 0.0.0.0:10256)",
            (b, v) => AddressOrOff(v, a => b.HealthzBindAddress = a)) { MayBeEmpty = true },
        new("metrics-bind-address", "IP:PORT", "kube-proxy's /proxyMode and /metrics; empty: off (default 127.0.0.1:10249)",
            (b, v) => AddressOrOff(v, a => b.MetricsBindAddress = a)) { MayBeEmpty = true },
        new("external-ips", "true|false", "serve spec.externalIPs of Services (default true)", (b, v) => Flag(v, f => b.ExternalIPs = f)),
        new("localhost-node-ports", "true|false", "NodePorts and hostPorts answer on 127.0.0.1 too (default true)", (b, v) => Flag(v, f => b.LocalhostNodePorts = f)),
        new("object", "FILE", "the compiled datapath (default: netweir.bpf.o beside the executable)", (b, v) => Set(() => b.ObjectPath = v)),
        new("map-size", "NAME=N", "entries of a map, such as nw_conntrack=524288", MapSize, Repeatable: true),
    ];

    private static string? Set(Action assign)
    {
        assign();
        return null;
    }

    private static string? ApiServer(OptionsBuilder builder, string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
        {
            return "is not a URL such as https://10.0.0.1:6443";
        }
        builder.ApiServers.Add(uri);
        return null;
    }

    private static string? Routing(OptionsBuilder builder, string value)
    {
        RoutingMode? mode = value switch
        {
            "auto" => RoutingMode.Auto,
            "direct" => RoutingMode.Direct,
            "vxlan" => RoutingMode.Vxlan,
            _ => null,
        };
        builder.Routing = mode ?? builder.Routing;
        return mode is null ? "is not one of direct, vxlan, auto" : null;
    }

    private static string? Masquerade(OptionsBuilder builder, string value)
    {
        (bool V4, bool V6)? families = value switch
        {
            "both" => (true, true),
            "ipv4" => (true, false),
            "ipv6" => (false, true),
            "none" => (false, false),
            _ => null,
        };
        (builder.MasqueradeIPv4, builder.MasqueradeIPv6) = families ?? (true, true);
        return families is null ? "is not one of ipv4, ipv6, both, none" : null;
    }

    private static string? Cidr(List<IPNetwork> list, string value)
    {
        if (!Cidrs.TryParse(value, out var network))
        {
            return "is not a CIDR such as 10.96.0.0/16 (the bits after the prefix must be zero)";
        }
        list.Add(network);
        return null;
    }

    private static string? Uplink(OptionsBuilder builder, string value)
    {
        if (value.Length is 0 or > 15 || value.Contains('/', StringComparison.Ordinal) || value.Any(char.IsWhiteSpace))
        {
            return "is not an interface name (1 to 15 characters)";
        }
        builder.Uplinks.Add(value);
        return null;
    }

    private static string? Number(string value, int min, int max, Action<int> assign)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < min || number > max)
        {
            return string.Create(CultureInfo.InvariantCulture, $"is not a number from {min} to {max}");
        }
        assign(number);
        return null;
    }

    private static string? SnatPorts(OptionsBuilder builder, string value)
    {
        if (!PortRange.TryParse(value, out var range))
        {
            return "is not a port range such as 20000-29999";
        }
        builder.SnatPorts = range;
        return null;
    }

    private static string? Mtu(OptionsBuilder builder, string value) =>
        value == "0" ? Set(() => builder.Mtu = 0) : Number(value, 1280, 65535, n => builder.Mtu = n) is null
            ? null : "is neither 0 nor a number from 1280 (what IPv6 needs) to 65535";

    private static string? Directory(string value, Action<string> assign)
    {
        if (!Path.IsPathRooted(value))
        {
            return "is not an absolute path";
        }
        assign(value.Length > 1 ? value.TrimEnd('/') : value);
        return null;
    }

    private static string? Address(string value, Action<IPEndPoint> assign)
    {
        if (!IPEndPoint.TryParse(value, out var endpoint) || (endpoint.Port == 0 && !value.EndsWith(":0", StringComparison.Ordinal))
            || endpoint.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
        {
            return "is not an address and port such as 0.0.0.0:9869 or [::]:9869";
        }
        assign(endpoint);
        return null;
    }

    private static string? AddressOrOff(string value, Action<IPEndPoint?> assign) => value.Length > 0 ? Address(value, assign) : Set(() => assign(null));

    private static string? Flag(string value, Action<bool> assign) => value switch
    {
        "true" => Set(() => assign(true)),
        "false" => Set(() => assign(false)),
        _ => "is neither true nor false",
    };

    private static string? MapSize(OptionsBuilder builder, string value)
    {
        var parts = value.Split('=');
        if (parts.Length != 2 || parts[0].Length == 0
            || !uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size == 0)
        {
            return "is not NAME=N such as nw_conntrack=524288";
        }
        builder.MapSizes[parts[0]] = size;
        return null;
    }
}
