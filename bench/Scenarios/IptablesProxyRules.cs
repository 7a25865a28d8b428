using System.Globalization;
using System.Text;

namespace Netweir.Bench.Scenarios;

/// <summary>What kube-proxy's iptables mode gives to iptables-restore, chain for chain, without NodePorts and load balancers.</summary>
internal static class IptablesProxyRules
{
    private const string Pods = "10.244.0.0/16";

    public static string Of(IReadOnlyList<ProxyService> services)
    {
        var text = new StringBuilder();
        text.Append(Filter);
        text.Append(NatHead);
        // iptables-nft inserts each into a sorted list that it walks from the front: backwards it takes a second, in any other order minutes.
        foreach (var chain in services.SelectMany(Chains).OrderDescending(StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $":{chain} - [0:0]\n");
        }

        text.Append(NatRules);
        foreach (var service in services)
        {
            AddService(text, service);
        }

        text.Append("-A KUBE-SERVICES -m comment --comment \"kubernetes service nodeports; NOTE: this must be the last rule in this chain\" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS\n");
        return text.Append("COMMIT\n").ToString();
    }

    private const string Filter = """
        *filter
        :KUBE-NODEPORTS - [0:0]
        :KUBE-SERVICES - [0:0]
        :KUBE-EXTERNAL-SERVICES - [0:0]
        :KUBE-FORWARD - [0:0]
        :KUBE-FIREWALL - [0:0]
        :KUBE-PROXY-FIREWALL - [0:0]
        -A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
        -A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        -A INPUT -j KUBE-FIREWALL
        -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
        -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        -A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -j KUBE-FIREWALL
        -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
        -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        COMMIT

        """;

    private const string NatHead = """
        *nat
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-SERVICES - [0:0]

        """;

    private const string NatRules = """
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
        -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully

        """;

    private static void AddService(StringBuilder text, ProxyService service)
    {
        var (chain, to) = (Chain(service), $"-d {service.Frontend.Address}/32 -p {service.Protocol}");
        var match = $"-m comment --comment \"{service.Name} cluster IP\" -m {service.Protocol} --dport {service.Frontend.Port}";
        text.Append(CultureInfo.InvariantCulture, $"-A KUBE-SERVICES {to} {match} -j {chain}\n");
        text.Append(CultureInfo.InvariantCulture, $"-A {chain} ! -s {Pods} {to} {match} -j KUBE-MARK-MASQ\n");
        for (var i = 0; i < service.Backends.Count; i++)
        {
            var backend = service.Backends[i];
            var left = service.Backends.Count - i;
            var chance = left == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"-m statistic --mode random --probability {1.0 / left:0.0000000000} ");
            var sep = Chain(service, backend);
            text.Append(CultureInfo.InvariantCulture, $"-A {chain} -m comment --comment \"{service.Name} -> {backend}\" {chance}-j {sep}\n");
            text.Append(CultureInfo.InvariantCulture, $"-A {sep} -s {backend.Address}/32 -m comment --comment \"{service.Name}\" -j KUBE-MARK-MASQ\n");
            text.Append(CultureInfo.InvariantCulture, $"-A {sep} -p {service.Protocol} -m comment --comment \"{service.Name}\" -m {service.Protocol} -j DNAT --to-destination {backend}\n");
        }
    }

    private static IEnumerable<string> Chains(ProxyService service) => service.Backends.Select(b => Chain(service, b)).Append(Chain(service));

    private static string Chain(ProxyService service) => ChainName.Iptables("KUBE-SVC-", service.Name + service.Protocol);

    private static string Chain(ProxyService service, object backend) => ChainName.Iptables("KUBE-SEP-", service.Name + service.Protocol + backend);
}
