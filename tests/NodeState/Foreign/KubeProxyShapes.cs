namespace Netweir.NodeState.Tests.Foreign;

/// <summary>Rules as kube-proxy 1.30 to 1.33 writes them, and rules of others around them.</summary>
internal static class KubeProxyShapes
{
    /// <summary>For iptables-nft-restore --noflush: two services, one with two endpoints, one external and one without any.</summary>
    public const string Iptables = """
        *nat
        :KUBE-SERVICES - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-PROXY-CANARY - [0:0]
        :KUBE-SVC-ERIFXISQEP7F7OF4 - [0:0]
        :KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]
        :KUBE-SEP-BBBBBBBBBBBBBBBB - [0:0]
        :KUBE-EXT-ERIFXISQEP7F7OF4 - [0:0]
        :KUBE-SVL-ERIFXISQEP7F7OF4 - [0:0]
        :KUBE-FW-ERIFXISQEP7F7OF4 - [0:0]
        -I PREROUTING 1 -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -I OUTPUT 1 -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -I POSTROUTING 1 -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
        -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "kube-system/kube-dns:dns-tcp cluster IP" -m tcp --dport 53 -j KUBE-SVC-ERIFXISQEP7F7OF4
        -A KUBE-SERVICES -d 192.0.2.5/32 -p tcp -m comment --comment "kube-system/kube-dns:dns-tcp loadbalancer IP" -m tcp --dport 53 -j KUBE-EXT-ERIFXISQEP7F7OF4
        -A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        -A KUBE-NODEPORTS -p tcp -m comment --comment "kube-system/kube-dns:dns-tcp" -m tcp --dport 30053 -j KUBE-EXT-ERIFXISQEP7F7OF4
        -A KUBE-EXT-ERIFXISQEP7F7OF4 -m comment --comment "masquerade traffic for kube-system/kube-dns:dns-tcp external destinations" -j KUBE-MARK-MASQ
        -A KUBE-EXT-ERIFXISQEP7F7OF4 -j KUBE-SVC-ERIFXISQEP7F7OF4
        -A KUBE-FW-ERIFXISQEP7F7OF4 -s 198.51.100.0/24 -j KUBE-EXT-ERIFXISQEP7F7OF4
        -A KUBE-SVL-ERIFXISQEP7F7OF4 -j KUBE-SEP-AAAAAAAAAAAAAAAA
        -A KUBE-SVC-ERIFXISQEP7F7OF4 ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m tcp --dport 53 -j KUBE-MARK-MASQ
        -A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment "kube-system/kube-dns:dns-tcp -> 10.244.0.2:53" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-AAAAAAAAAAAAAAAA
        -A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment "kube-system/kube-dns:dns-tcp -> 10.244.0.3:53" -j KUBE-SEP-BBBBBBBBBBBBBBBB
        -A KUBE-SEP-AAAAAAAAAAAAAAAA -s 10.244.0.2/32 -j KUBE-MARK-MASQ
        -A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m tcp -j DNAT --to-destination 10.244.0.2:53
        -A KUBE-SEP-BBBBBBBBBBBBBBBB -s 10.244.0.3/32 -j KUBE-MARK-MASQ
        -A KUBE-SEP-BBBBBBBBBBBBBBBB -p tcp -m tcp -j DNAT --to-destination 10.244.0.3:53
        COMMIT
        *filter
        :KUBE-SERVICES - [0:0]
        :KUBE-EXTERNAL-SERVICES - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-FORWARD - [0:0]
        :KUBE-PROXY-FIREWALL - [0:0]
        :KUBE-PROXY-CANARY - [0:0]
        -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -I INPUT 2 -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
        -I INPUT 3 -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -I FORWARD 2 -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
        -I FORWARD 3 -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -I FORWARD 4 -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
        -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -I OUTPUT 2 -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
        -A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A KUBE-SERVICES -d 10.96.0.99/32 -p tcp -m comment --comment "default/empty has no endpoints" -m tcp --dport 80 -j REJECT
        -A KUBE-NODEPORTS -p tcp -m comment --comment "default/local health check node port" -m tcp --dport 31111 -j ACCEPT
        COMMIT
        *mangle
        :KUBE-PROXY-CANARY - [0:0]
        COMMIT

        """;

    /// <summary>The chains that matter, for the other family.</summary>
    public const string Ip6tables = """
        *nat
        :KUBE-SERVICES - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-SERVICES -d fd00:96::10/128 -p tcp -m tcp --dport 53 -j KUBE-MARK-MASQ
        COMMIT

        """;

    /// <summary>For nft -f: the mode nftables.</summary>
    public const string Nftables = """
        table ip kube-proxy {
          comment "rules for kube-proxy";
          set cluster-ips { type ipv4_addr; elements = { 10.96.0.10 }; }
          chain reject-chain { reject; }
          chain mark-for-masquerade { mark set mark or 0x4000; }
          chain endpoint-AAA { ip saddr 10.244.0.2 jump mark-for-masquerade; meta l4proto tcp dnat to 10.244.0.2:53; }
          chain service-AAA { ip daddr 10.96.0.10 tcp dport 53 ip saddr != 10.244.0.0/16 jump mark-for-masquerade; numgen random mod 1 vmap { 0 : goto endpoint-AAA }; }
          map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; elements = { 10.96.0.10 . tcp . 53 : goto service-AAA }; }
          map no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; elements = { 10.96.0.99 . tcp . 80 : goto reject-chain }; }
          chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }
          chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }
          chain nat-output { type nat hook output priority -100; jump services; }
          chain service-endpoints-check { ip daddr . meta l4proto . th dport vmap @no-endpoint-services; }
          chain filter-forward { type filter hook forward priority -110; ct state new jump service-endpoints-check; }
        }
        table ip6 kube-proxy {
          chain services { }
          chain nat-output { type nat hook output priority -100; jump services; }
        }

        """;

    /// <summary>Rules of the kubelet, of Docker, of kube-router, of an administrator and of a port mapper: none of them kube-proxy's.</summary>
    public const string OthersIptables = """
        *filter
        :KUBE-FIREWALL - [0:0]
        :KUBE-KUBELET-CANARY - [0:0]
        :KUBE-ROUTER-INPUT - [0:0]
        :KUBE-POD-FW-ABCDEFGHIJKLMNOP - [0:0]
        :DOCKER-USER - [0:0]
        -A INPUT -j KUBE-FIREWALL
        -A INPUT -j KUBE-ROUTER-INPUT
        -A INPUT -p tcp -m tcp --dport 22 -m comment --comment "KUBE-SERVICES is not meant here" -j ACCEPT
        -A FORWARD -j DOCKER-USER
        -A FORWARD -d 10.9.9.9/32 -j DROP
        -A OUTPUT -j KUBE-FIREWALL
        -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
        -A KUBE-ROUTER-INPUT -j KUBE-POD-FW-ABCDEFGHIJKLMNOP
        -A DOCKER-USER -j RETURN
        COMMIT
        *nat
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        :KUBE-KUBELET-CANARY - [0:0]
        :KUBE-MARK-DROP - [0:0]
        :CNI-HOSTPORT-DNAT - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
        -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
        -A KUBE-MARK-DROP -j MARK --or-mark 0x8000
        -A CNI-HOSTPORT-DNAT -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.244.0.9:80
        COMMIT
        *mangle
        :KUBE-IPTABLES-HINT - [0:0]
        :KUBE-KUBELET-CANARY - [0:0]
        COMMIT

        """;

    public const string OthersNftables = """
        table inet firewall {
          chain input { type filter hook input priority filter; policy accept; tcp dport 9999 drop; }
        }
        table ip6 nat {
          chain PREROUTING { type nat hook prerouting priority dstnat; policy accept; }
          chain OUTPUT { type nat hook output priority -100; policy accept; }
          chain POSTROUTING { type nat hook postrouting priority srcnat; policy accept; }
        }

        """;
}
