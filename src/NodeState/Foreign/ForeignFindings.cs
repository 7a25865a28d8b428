using System.Globalization;
using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>What is to be said of other people's networking. Pure.</summary>
public static class ForeignFindings
{
    public const string DeleteKubeProxy = "kubectl -n kube-system delete daemonset kube-proxy";
    public const string TakeOver = "ctl take-over";
    private const int Shown = 5;

    /// <param name="state">As found.</param>
    /// <param name="cniConfDir">Where it was looked for configurations.</param>
    public static IReadOnlyList<Finding> Compute(ForeignState state, string cniConfDir)
    {
        ArgumentNullException.ThrowIfNull(state);
        return
        [
            .. Configurations(state.Configurations, cniConfDir), .. KubeProxy(state), .. Ipvs(state), .. Legacy(state.LegacyTables), .. Agents(state.Agents),
            .. Pods(state.Pods), .. Devices(state), .. Programs(state.Programs), .. Pins(state.Pins),
        ];
    }

    /// <summary>Also for the agent, which asks for no more than whether there are rules.</summary>
    public static Finding Rules(string what, bool runs) => new(
        Severity.Warning,
        "kube-proxy",
        $"kube-proxy's rules are in this node's netfilter: {what}",
        "this host's own connections to services follow them, not Netweir; what pods and other hosts send meets Netweir first",
        runs ? $"{DeleteKubeProxy}; then {TakeOver}" : TakeOver);

    public static Finding Ipvs(bool runs) => new(
        Severity.Warning,
        "kube-proxy",
        $"the device {KubeProxyNames.IpvsDevice} has the addresses of services",
        "for this host they are its own: its connections to services go to IPVS or nowhere, not to Netweir",
        runs ? $"{DeleteKubeProxy}; then {TakeOver}" : TakeOver);

    /// <summary>Of a configuration that the runtime takes before Netweir's.</summary>
    public static Finding Chosen(CniConfiguration first) => first.Plugin == CniConfigurations.Multus
        ? new Finding(
            Severity.Info,
            "cni",
            $"{first.Path} (multus) comes before {CniConfigurations.OwnFile}",
            "multus connects pods, with the help of the plugin that it is told to call",
            $"see that its delegate is netweir ({CniConfigurations.OwnFile})")
        : new Finding(
            Severity.Error,
            "cni",
            $"the container runtime takes {first.Path} ({Plugin(first)}), because its name comes before {CniConfigurations.OwnFile}",
            "new pods are connected by that plugin, not by Netweir",
            $"mv {first.Path} {first.Path}{CniConfigurations.MovedSuffix}  ({TakeOver} does it)");

    private static IEnumerable<Finding> Configurations(IReadOnlyList<CniConfiguration> files, string directory)
    {
        if (files.Count > 0 && string.CompareOrdinal(files[0].Name, CniConfigurations.OwnFile) < 0)
        {
            yield return Chosen(files[0]);
        }

        CniConfiguration[] later = [.. files.Where(f => string.CompareOrdinal(f.Name, CniConfigurations.OwnFile) > 0)];
        if (later.Length > 0)
        {
            yield return new Finding(
                Severity.Info,
                "cni",
                $"{directory} has other configurations: {List(later.Select(f => $"{f.Name} ({Plugin(f)})"))}",
                $"none while {CniConfigurations.OwnFile} is there; without it, the runtime connects pods by the first of them",
                $"{TakeOver}, which renames them to NAME{CniConfigurations.MovedSuffix}");
        }
    }

    private static IEnumerable<Finding> KubeProxy(ForeignState state)
    {
        if (state.KubeProxy is { } sign)
        {
            yield return new Finding(
                Severity.Warning,
                "kube-proxy",
                $"kube-proxy runs on this node ({sign})",
                "it keeps its rules in netfilter, which this host's own connections to services follow, and may hold the ports 10256 and 10249",
                $"{DeleteKubeProxy}; then {TakeOver}");
        }

        if (!state.Rules.IsEmpty)
        {
            yield return Rules(Describe(state.Rules), state.KubeProxy is not null);
        }
    }

    private static IEnumerable<Finding> Ipvs(ForeignState state)
    {
        if (state.HasIpvsDevice)
        {
            yield return Ipvs(state.KubeProxy is not null);
        }

        if (state.VirtualServers > 0)
        {
            yield return new Finding(
                Severity.Warning,
                "ipvs",
                string.Create(CultureInfo.InvariantCulture, $"IPVS has {state.VirtualServers} virtual servers"),
                "where they are services' addresses, this host's own connections to them go to the backends that IPVS knows",
                "ipvsadm -Ln shows them; where all are kube-proxy's: ipvsadm --clear");
        }
    }

    private static IEnumerable<Finding> Legacy(IReadOnlyList<string> tables) => tables.Count == 0 ? [] :
    [
        new Finding(
            Severity.Warning,
            "iptables-legacy",
            $"there are tables of iptables-legacy ({string.Join(", ", tables)}), which only its own program can look into",
            "if kube-proxy's rules are among them, this host's own connections to services follow those; the kubelet's chain KUBE-FIREWALL, if it is there, "
                + "drops what this host sends from its own address to a NodePort at 127.0.0.1",
            "iptables-legacy-save | grep KUBE- shows it. Of kube-proxy: iptables-legacy-save | grep -v KUBE- | iptables-legacy-restore (the kubelet makes its own anew); "
                + "ip6tables-legacy the same. Of the kubelet: iptables-legacy -I KUBE-FIREWALL -o lo -m comment --comment netweir -j RETURN"),
    ];

    private static IEnumerable<Finding> Agents(IReadOnlyList<NodeProcess> agents) => agents.Select(agent => new Finding(
        Severity.Warning,
        agent.Name,
        string.Create(CultureInfo.InvariantCulture, $"another network plugin's agent runs on this node: {agent.Name} (process {agent.Id})"),
        "it puts its configuration, devices and routes back when they are removed",
        "delete its DaemonSet (kubectl get daemonsets -A shows it), after Netweir is installed"));

    private static IEnumerable<Finding> Pods(IReadOnlyList<Link> pods) => pods.Count == 0 ? [] :
    [
        new Finding(
            Severity.Warning,
            "pods",
            string.Create(CultureInfo.InvariantCulture, $"{pods.Count} pod interfaces were made by another plugin: {List(pods.Select(p => p.Name))}"),
            "Netweir does not know these pods: other pods do not reach them through it, nor services of which they are backends",
            "delete these pods when Netweir is ready, so that they are made anew: kubectl drain NODE, then kubectl uncordon NODE"),
    ];

    private static IEnumerable<Finding> Devices(ForeignState state) => state.Devices.Select(device => new Finding(
        Severity.Info,
        "device",
        $"{device.Link.Name} is a device of {device.Owner}" + (device.Ports > 0 ? string.Create(CultureInfo.InvariantCulture, $", with {device.Ports} others attached") : ""),
        "its routes, where it has some, lead the pod addresses behind it past Netweir",
        TakeOverPlan.Deletable(state, device) ? TakeOver : $"remove that plugin, then ip link delete {device.Link.Name}, or restart the node"));

    private static IEnumerable<Finding> Programs(IReadOnlyList<ForeignProgram> programs) => programs.Select(program => new Finding(
        program.IsOfPlugin ? Severity.Warning : Severity.Info,
        "program",
        string.Create(CultureInfo.InvariantCulture, $"{program.Device} has a BPF program that is not Netweir's: {program.Hook}, {program.Name} (id {program.Id})"),
        "it may take, change or drop packets before Netweir sees them",
        program.Removal));

    private static IEnumerable<Finding> Pins(IReadOnlyList<string> pins) => pins.Select(pin => new Finding(
        Severity.Info,
        "bpf",
        $"another plugin's BPF objects are pinned: {pin}",
        "none by themselves; they keep memory",
        "remove that plugin with its own clean-up, or restart the node"));

    internal static string Describe(KubeProxyRules rules)
    {
        List<string> parts = [];
        if (rules.Tables.Count > 0)
        {
            parts.Add($"table {string.Join(", table ", rules.Tables)}");
        }

        if (rules.Chains.Count + rules.Jumps.Count > 0)
        {
            IEnumerable<string> tables = rules.Chains.Concat(rules.Jumps.Select(j => j.From)).Select(c => new NfTablesTable(c.Family, c.Table).ToString()).Distinct();
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{rules.Chains.Count} chains of iptables and {rules.Jumps.Count} rules that lead to them, in {string.Join(", ", tables)}"));
        }

        return string.Join("; ", parts);
    }

    private static string Plugin(CniConfiguration file) => file.Plugin.Length > 0 ? file.Plugin : "plugin unknown";

    private static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(Shown)) + (all.Length > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {all.Length - Shown} more") : "");
    }
}
