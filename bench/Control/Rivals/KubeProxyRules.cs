using System.Globalization;
using System.Text;

namespace Netweir.Bench;

/// <summary>A fleet's services as kube-proxy (mode iptables) hands them to iptables-restore.</summary>
internal static class KubeProxyRules
{
    public static string For(FleetSize size)
    {
        var chains = new StringBuilder("*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-MARK-MASQ - [0:0]\n");
        var rules = new StringBuilder("-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000\n");
        for (var service = 0; service < size.Services; service++)
        {
            Service(chains, rules, size, service);
        }

        return chains.Append(rules).Append("COMMIT\n").ToString();
    }

    private static void Service(StringBuilder chains, StringBuilder rules, FleetSize size, int service)
    {
        var name = $"{FleetObjects.Namespace(service)}/{FleetObjects.ServiceName(service)}:http";
        var address = FleetAddresses.Service(service);
        var chain = Chain("KUBE-SVC", service);
        chains.Append(CultureInfo.InvariantCulture, $":{chain} - [0:0]\n");
        rules.Append(CultureInfo.InvariantCulture, $"-A KUBE-SERVICES -m comment --comment \"{name} cluster IP\" -m tcp -p tcp -d {address} --dport 80 -j {chain}\n");
        rules.Append(CultureInfo.InvariantCulture, $"-A {chain} -m comment --comment \"{name} cluster IP\" -m tcp -p tcp -d {address} --dport 80 ! -s 10.0.0.0/9 -j KUBE-MARK-MASQ\n");
        var count = size.BackendsPerService;
        for (var i = 0; i < count; i++)
        {
            var pod = (service * count) + i;
            var (target, endpoint) = (FleetAddresses.Pod(pod, size.Nodes), Chain("KUBE-SEP", pod));
            var chance = i == count - 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" -m statistic --mode random --probability {1.0 / (count - i):0.0000000000}");
            chains.Append(CultureInfo.InvariantCulture, $":{endpoint} - [0:0]\n");
            rules.Append(CultureInfo.InvariantCulture, $"-A {chain} -m comment --comment \"{name} -> {target}:8080\"{chance} -j {endpoint}\n");
            rules.Append(CultureInfo.InvariantCulture, $"-A {endpoint} -m comment --comment \"{name}\" -s {target} -j KUBE-MARK-MASQ\n");
            rules.Append(CultureInfo.InvariantCulture, $"-A {endpoint} -m comment --comment \"{name}\" -m tcp -p tcp -j DNAT --to-destination {target}:8080\n");
        }
    }

    /// <summary>As long as kube-proxy's names, which are hashes.</summary>
    private static string Chain(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number:0000000000000000}");
}
