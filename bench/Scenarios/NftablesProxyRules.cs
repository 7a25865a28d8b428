using System.Globalization;
using System.Text;

namespace Netweir.Bench.Scenarios;

/// <summary>
/// What kube-proxy's nftables mode gives to nft, chain for chain, without NodePorts and load balancers. In transactions of some hundred services: the
/// kernel walks through a whole transaction for each set in it, so that ten thousand services in one take a minute.
/// </summary>
internal static class NftablesProxyRules
{
    private const string Pods = "10.244.0.0/16";
    private const int TransactionSize = 500;
    private const string Add = "ip kube-proxy";

    public static IEnumerable<string> Of(IReadOnlyList<ProxyService> services) => services.Chunk(TransactionSize).Select(Transaction).Prepend(Base);

    private const string Base = """
        table ip kube-proxy {
          set cluster-ips { type ipv4_addr; }
          set nodeport-ips { type ipv4_addr; }
          map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
          map no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; }
          map no-endpoint-nodeports { type inet_proto . inet_service : verdict; }
          map firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
          map service-nodeports { type inet_proto . inet_service : verdict; }
          chain mark-for-masquerade { meta mark set meta mark or 0x4000; }
          chain masquerading {
            meta mark and 0x4000 == 0 return
            meta mark set meta mark xor 0x4000
            masquerade fully-random
          }
          chain firewall-check { ip daddr . meta l4proto . th dport vmap @firewall-ips; }
          chain service-endpoints-check { ip daddr . meta l4proto . th dport vmap @no-endpoint-services; }
          chain nodeport-endpoints-check { ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports; }
          chain cluster-ips-check {
            ip daddr @cluster-ips reject
            ip daddr { 10.96.0.0/16, 10.112.0.0/12 } drop
          }
          chain services {
            ip daddr . meta l4proto . th dport vmap @service-ips
            ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
          }
          chain filter-prerouting { type filter hook prerouting priority -110; ct state new jump firewall-check; }
          chain filter-input {
            type filter hook input priority -110;
            ct state new jump nodeport-endpoints-check
            ct state new jump service-endpoints-check
          }
          chain filter-forward {
            type filter hook forward priority -110;
            ct state new jump service-endpoints-check
            ct state new jump cluster-ips-check
          }
          chain filter-output {
            type filter hook output priority -110;
            ct state new jump service-endpoints-check
            ct state new jump firewall-check
          }
          chain filter-output-post-dnat { type filter hook output priority -90; ct state new jump cluster-ips-check; }
          chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
          chain nat-output { type nat hook output priority -100; jump services; }
          chain nat-postrouting { type nat hook postrouting priority 100; jump masquerading; }
        }

        """;

    private static string Transaction(ProxyService[] services)
    {
        var text = new StringBuilder();
        foreach (var service in services)
        {
            AddService(text, service);
        }

        return text.ToString();
    }

    private static void AddService(StringBuilder text, ProxyService service)
    {
        var chain = Chain(service);
        var choice = new List<string>();
        foreach (var backend in service.Backends)
        {
            var endpoint = Chain(service, backend);
            choice.Add(string.Create(CultureInfo.InvariantCulture, $"{choice.Count} : goto {endpoint}"));
            text.Append(CultureInfo.InvariantCulture, $"add chain {Add} {endpoint}\n");
            text.Append(CultureInfo.InvariantCulture, $"add rule {Add} {endpoint} ip saddr {backend.Address} jump mark-for-masquerade\n");
            text.Append(CultureInfo.InvariantCulture, $"add rule {Add} {endpoint} meta l4proto {service.Protocol} dnat to {backend}\n");
        }

        var (address, port) = (service.Frontend.Address, service.Frontend.Port);
        text.Append(CultureInfo.InvariantCulture, $"add chain {Add} {chain}\n");
        text.Append(CultureInfo.InvariantCulture, $"add rule {Add} {chain} ip daddr {address} {service.Protocol} dport {port} ip saddr != {Pods} jump mark-for-masquerade\n");
        text.Append(CultureInfo.InvariantCulture, $"add rule {Add} {chain} numgen random mod {choice.Count} vmap {{ {string.Join(", ", choice)} }}\n");
        text.Append(CultureInfo.InvariantCulture, $"add element {Add} cluster-ips {{ {address} }}\n");
        text.Append(CultureInfo.InvariantCulture, $"add element {Add} service-ips {{ {address} . {service.Protocol} . {port} : goto {chain} }}\n");
    }

    /// <summary>nft's names have no colons and dots; kube-proxy writes them with slashes and underscores as well.</summary>
    private static string Chain(ProxyService service) => ChainName.Nftables("service", $"{service.Name.Replace(':', '/')}/{service.Protocol}");

    private static string Chain(ProxyService service, object backend) =>
        ChainName.Nftables("endpoint", $"{service.Name.Replace(':', '/')}/{service.Protocol}__{backend.ToString()!.Replace(':', '/')}");
}
