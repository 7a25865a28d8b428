using System.Net;
using Netweir.Controller;
using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Kernels;

/// <summary>One way in which the agent can configure the datapath on this kernel; computed by the agent's own code.</summary>
internal sealed record Configuration(string Name, bool IPv4, bool IPv6, bool Overlay, Config Config)
{
    public static IEnumerable<Configuration> All(AgentOptions options, Devices devices, KernelFeatures features) =>
        from families in (string[])["dual-stack", "IPv4", "IPv6"]
        from overlay in (bool[])[true, false]
        from masquerade in (bool[])[true, false]
        select Of(families, overlay, masquerade, options, devices, features);

    private static Configuration Of(
        string families, bool overlay, bool masquerade, AgentOptions options, Devices devices, KernelFeatures features)
    {
        var (ipv4, ipv6) = (families != "IPv6", families != "IPv4");
        var own = new NodeFacts
        {
            Name = options.NodeName,
            Created = DateTimeOffset.UnixEpoch,
            InternalIPs = [.. Of(ipv4, ipv6, Plan.NodeV4, Plan.NodeV6).Select(IPAddress.Parse)],
            PodCidrs = [.. Of(ipv4, ipv6, Plan.PodsV4, Plan.PodsV6).Select(p => IPNetwork.Parse(p))],
        };
        var config = DatapathConfig.Compute(
            options with { MasqueradeIPv4 = masquerade, MasqueradeIPv6 = masquerade }, own, devices with { Overlay = overlay ? devices.Overlay : 0 }, features);
        var tunnel = !overlay ? "direct" : config.VxlanInBpf != 0 ? "VXLAN in BPF" : "VXLAN by the device";
        var flags = (config.DecapL3Flags != 0 ? ", decap flags" : "") + (config.CsumIpv6Flag != 0 ? ", csum flag" : "");
        return new($"{families}, {tunnel}, {(masquerade ? "" : "no ")}masquerade{flags}", ipv4, ipv6, overlay, config);
    }

    private static IEnumerable<string> Of(bool ipv4, bool ipv6, string four, string six) =>
        (string[])[.. ipv4 ? [four] : Array.Empty<string>(), .. ipv6 ? [six] : Array.Empty<string>()];
}
