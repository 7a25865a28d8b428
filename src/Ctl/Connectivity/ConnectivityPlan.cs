namespace Netweir.Ctl;

/// <summary>Which checks a topology allows. Pure.</summary>
internal static class ConnectivityPlan
{
    public const string FromPod = "pod";
    public const string FromHost = "host";
    public const string Hairpin = "hairpin";

    public static IReadOnlyList<PlannedCheck> Create(TestTopology topology)
    {
        var all = new List<PlannedCheck>();
        foreach (bool ipv6 in topology.Families)
        {
            for (int node = 0; node < topology.Nodes.Count; node++)
            {
                all.AddRange(OfProber(topology, node, ipv6, host: false));
                all.AddRange(OfProber(topology, node, ipv6, host: true));
            }

            all.AddRange(OfHairpin(topology, ipv6));
        }

        // Downloads last: they would disturb what is timed.
        return [.. all.OrderBy(c => c.Check.Kind == ProbeKind.Speed).Select((c, i) => c with { Check = c.Check with { Id = i + 1 } })];
    }

    private static IEnumerable<PlannedCheck> OfProber(TestTopology topology, int node, bool ipv6, bool host)
    {
        var from = new Probers(topology, node, ipv6, host);
        return
        [
            .. PodChecks(topology, from), .. ServiceChecks(topology, from), .. NodePortChecks(topology, from), .. host ? LocalChecks(topology, from) : NodeChecks(topology, from),
            .. ClusterChecks(topology, from),
        ];
    }

    /// <summary>Straight to every server, with sizes and amounts that show a wrong MTU.</summary>
    private static IEnumerable<PlannedCheck> PodChecks(TestTopology topology, Probers from)
    {
        foreach (TestPod pod in topology.Pods)
        {
            bool same = pod.Node == from.Node;
            string kind = same ? "pod, same node" : "pod, other node", to = $"pod {pod.Name} on {pod.Node}";
            string[]? clients = from.Host ? null : [ProbeCheck.Self];
            foreach (bool udp in (bool[])[false, true])
            {
                yield return from.Ask(kind, to, pod.Addresses, ConnectivityPod.Port, ProbeKind.Who, udp, hosts: [pod.Name], clients: clients);
            }

            yield return from.Ask(kind, to, pod.Addresses, ConnectivityPod.Port, ProbeKind.Sizes, udp: true);
            yield return from.Ask(kind, to, pod.Addresses, ConnectivityPod.Port, ProbeKind.Bulk);
            if (from is { Host: false, Number: 0 } && pod == (same ? topology.Pods[0] : topology.Pods[1]))
            {
                yield return from.Ask(kind, to, pod.Addresses, ConnectivityPod.Port, ProbeKind.Speed);
            }
        }
    }

    private static IEnumerable<PlannedCheck> ServiceChecks(TestTopology topology, Probers from)
    {
        string[] all = [.. topology.Pods.Select(p => p.Name)];
        foreach (bool udp in (bool[])[false, true])
        {
            yield return from.Service(TestServices.Echo, "ClusterIP", ProbeKind.Who, udp, hosts: all);
            yield return from.Service(TestServices.Empty, "ClusterIP without endpoints", ProbeKind.Refused, udp);
        }

        yield return from.Service(TestServices.Local, "ClusterIP, internal policy Local", ProbeKind.Who, hosts: [topology.Pods[from.Number].Name]);
        yield return from.Service(TestServices.Affinity, "ClusterIP, affinity", ProbeKind.Who, hosts: all, sticky: true);
    }

    private static IEnumerable<PlannedCheck> NodePortChecks(TestTopology topology, Probers from)
    {
        TestService service = topology.Services[TestServices.NodePort];
        string[] all = [.. topology.Pods.Select(p => p.Name)];
        foreach (TestPod host in topology.Hosts.Where(h => TestTopology.Of(h.Addresses, from.IPv6) is not null))
        {
            string kind = host.Node == from.Node ? "node port, same node" : "node port, other node";
            foreach (bool udp in (bool[])[false, true])
            {
                int port = udp ? service.UdpNodePort : service.TcpNodePort;
                yield return from.Ask(kind, $"node port {port} of {host.Node}", host.Addresses, port, ProbeKind.Who, udp, hosts: all);
            }
        }
    }

    /// <summary>Of a service with externalTrafficPolicy Local, whose only pod is on the first node; a node is a client from outside for the others.</summary>
    private static IEnumerable<PlannedCheck> LocalChecks(TestTopology topology, Probers from)
    {
        TestService service = topology.Services[TestServices.External];
        IReadOnlyList<string> own = topology.Hosts[from.Number].Addresses;
        for (int i = 0; i < topology.Hosts.Count; i++)
        {
            TestPod host = topology.Hosts[i];
            if (from.Number == 0 || i == from.Number || TestTopology.Of(host.Addresses, from.IPv6) is null)
            {
                continue;
            }

            string to = $"node port {service.TcpNodePort} of {host.Node}";
            yield return i == 0
                ? from.Ask("node port, external policy Local", to, host.Addresses, service.TcpNodePort, ProbeKind.Who, hosts: [topology.Pods[0].Name], clients: own)
                : from.Ask("node port, external policy Local, no pod there", to, host.Addresses, service.TcpNodePort, ProbeKind.Silent);
        }
    }

    private static IEnumerable<PlannedCheck> NodeChecks(TestTopology topology, Probers from) =>
        from host in topology.Hosts
        where TestTopology.Of(host.Addresses, @from.IPv6) is not null
        select @from.Ask(
            host.Node == @from.Node ? "host, same node" : "host, other node", $"host {host.Node}", host.Addresses, topology.HostPort, ProbeKind.Who, hosts: [host.Name]);

    /// <summary>What every cluster has: the API server, and DNS as a rule.</summary>
    private static IEnumerable<PlannedCheck> ClusterChecks(TestTopology topology, Probers from)
    {
        if (TestTopology.Of(topology.ApiAddresses, from.IPv6) is not null)
        {
            yield return from.Ask("API server's service", "service default/kubernetes", topology.ApiAddresses, topology.ApiPort, ProbeKind.Anything);
        }

        if (from.Host || TestTopology.Of(topology.DnsAddresses, from.IPv6) is null)
        {
            yield break;
        }

        (string, IReadOnlyList<string>)[] names =
        [
            (TestServices.Echo, topology.Services[TestServices.Echo].Addresses), (TestServices.Headless, [.. topology.Pods.SelectMany(p => p.Addresses)]),
        ];
        foreach ((string name, IReadOnlyList<string> addresses) in names)
        {
            PlannedCheck dns = from.Ask("DNS service", $"service kube-system/kube-dns, for {name}", topology.DnsAddresses, 53, ProbeKind.Dns, udp: true);
            string[] wanted = [.. addresses.Where(a => a.Contains(':', StringComparison.Ordinal) == from.IPv6)];
            if (wanted.Length > 0)
            {
                yield return dns with { Check = dns.Check with { Name = $"{name}.{topology.Namespace}.svc", Addresses = wanted } };
            }
        }
    }

    /// <summary>A pod that is the only backend of the service that it asks.</summary>
    private static IEnumerable<PlannedCheck> OfHairpin(TestTopology topology, bool ipv6)
    {
        var from = new Probers(topology, 0, ipv6, Host: false) { Pod = Hairpin };
        foreach (bool udp in (bool[])[false, true])
        {
            yield return from.Service(TestServices.Hairpin, "its own service", ProbeKind.Who, udp, hosts: [Hairpin]);
        }
    }

    /// <summary>Makes checks of one pod and one family.</summary>
    private sealed record Probers(TestTopology Topology, int Number, bool IPv6, bool Host)
    {
        public string Node => Topology.Nodes[Number];

        public string Pod { get; init; } = ConnectivityObjects.Prober(Number, Host);

        public PlannedCheck Service(string name, string kind, ProbeKind check, bool udp = false, string[]? hosts = null, bool sticky = false)
        {
            TestService service = Topology.Services[name];
            return Ask(kind, $"service {Topology.Namespace}/{name}", service.Addresses, TestServices.Port, check, udp, hosts, sticky: sticky);
        }

        public PlannedCheck Ask(
            string kind, string to, IReadOnlyList<string> addresses, int port, ProbeKind check, bool udp = false, IReadOnlyList<string>? hosts = null,
            IReadOnlyList<string>? clients = null, bool sticky = false) => new(Pod, Node, Host ? FromHost : FromPod, kind, to, new ProbeCheck
            {
                Kind = check,
                Udp = udp,
                Address = TestTopology.Of(addresses, IPv6) ?? throw new InvalidOperationException($"{to} has no {(IPv6 ? "IPv6" : "IPv4")} address"),
                Port = port,
                Hosts = hosts,
                Clients = clients,
                Sticky = sticky,
            });
    }
}
