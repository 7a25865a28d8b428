using System.Net;
using Netweir.Controller.Services;
using Netweir.Kube;
using Netweir.Maps;
using Endpoint = Netweir.Kube.Endpoint;
using Service = Netweir.Kube.Service;

namespace Netweir.Controller.Tests.Services;

/// <summary>Which frontends a Service has, and which list is whose.</summary>
public sealed class ServiceTableTests
{
    private const string Cluster = "10.0.0.1 10.0.0.2", Local = "10.0.0.2", None = "";

    /// <summary>
    /// Backend 10.0.0.1 is elsewhere; 10.0.0.2 is here, or is not (column <c>here</c>). Per kind of frontend: what clients on this node get, what
    /// clients from elsewhere get, flags.
    /// </summary>
    public static TheoryData<string, string, bool, string, string, string, FrontendFlag> Policies => new()
    {
        // internal, external, here: kind          inside   outside  flags
        { "Cluster", "Cluster", true, "ClusterIP", Cluster, Cluster, FrontendFlag.None },
        { "Cluster", "Cluster", true, "other", Cluster, Cluster, FrontendFlag.None },
        { "Local", "Cluster", true, "ClusterIP", Local, Local, FrontendFlag.InsideLocal | FrontendFlag.OutsideLocal },
        { "Local", "Cluster", true, "other", Cluster, Cluster, FrontendFlag.None },
        { "Cluster", "Local", true, "ClusterIP", Cluster, Cluster, FrontendFlag.None },
        { "Cluster", "Local", true, "other", Cluster, Local, FrontendFlag.OutsideLocal },
        { "Local", "Local", true, "ClusterIP", Local, Local, FrontendFlag.InsideLocal | FrontendFlag.OutsideLocal },
        { "Local", "Local", true, "other", Cluster, Local, FrontendFlag.OutsideLocal },
        { "Local", "Cluster", false, "ClusterIP", None, None, FrontendFlag.InsideLocal | FrontendFlag.OutsideLocal | FrontendFlag.InsideDrop | FrontendFlag.OutsideDrop },
        { "Local", "Cluster", false, "other", "10.0.0.1", "10.0.0.1", FrontendFlag.None },
        { "Cluster", "Local", false, "ClusterIP", "10.0.0.1", "10.0.0.1", FrontendFlag.None },
        { "Cluster", "Local", false, "other", "10.0.0.1", None, FrontendFlag.OutsideLocal | FrontendFlag.OutsideDrop },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void Lists_follow_the_traffic_policies(string @internal, string external, bool here, string kind, string inside, string outside, FrontendFlag flags)
    {
        var service = Balanced() with { };
        service = service with { Spec = service.Spec with { InternalTrafficPolicy = @internal, ExternalTrafficPolicy = external } };
        Endpoint[] endpoints = here ? [On("there", "10.0.0.1"), On("here", "10.0.0.2")] : [On("there", "10.0.0.1")];

        var port = Assert.Single(Compute(service, endpoints).Ports);

        var frontends = port.Frontends.Where(f => !f.Flags.HasFlag(FrontendFlag.Address) && (f.Key.Address.ToString() == "10.96.0.1") == (kind == "ClusterIP")).ToArray();
        Assert.Equal(kind == "ClusterIP" ? 1 : 3, frontends.Length);
        Assert.All(frontends, f => Assert.Equal((inside, outside, flags), (Addresses(f.Inside), Addresses(f.Outside), f.Flags)));
    }

    [Fact]
    public void Frontends_are_at_every_address_of_the_services_families()
    {
        var service = Balanced();
        service = service with { Spec = service.Spec with { ClusterIPs = ["10.96.0.1", "fd00:96::1"], ExternalIPs = ["198.51.100.1", "2001:db8::1"] } };

        Assert.Equal(
            [
                "10.96.0.1 0/0", "fd00:96::1 0/0", "10.96.0.1 80/6", "203.0.113.1 80/6", "198.51.100.1 80/6", "0.0.0.0 30080/6",
                "fd00:96::1 80/6", "2001:db8:1::1 80/6", "2001:db8::1 80/6", " 30080/6",
            ],
            Keys(Compute(service)));
    }

    [Fact]
    public void Addresses_of_a_family_that_the_service_does_not_have_are_none_of_ours()
    {
        var service = Balanced();
        service = service with { Spec = service.Spec with { ExternalIPs = ["198.51.100.1", "2001:db8::1"] } };

        var desired = Compute(service);

        Assert.Equal(["10.96.0.1 0/0", "10.96.0.1 80/6", "203.0.113.1 80/6", "198.51.100.1 80/6", "0.0.0.0 30080/6"], Keys(desired));
        Assert.Equal(["203.0.113.1", "198.51.100.1"], desired.ExternalAddresses.Select(a => a.ToString()));
    }

    [Fact]
    public void External_ips_are_served_unless_switched_off()
    {
        var desired = ServiceTable.Compute(new ServiceSnapshot(new ObjectKey("default", "web"), Balanced(), [], []), new ThisNode("here", null), new ServiceOptions(ExternalIPs: false));

        Assert.DoesNotContain("198.51.100.1 80/6", Keys(desired));
        Assert.Equal(["203.0.113.1"], desired.ExternalAddresses.Select(a => a.ToString()));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("VIP", true)]
    [InlineData("Proxy", false)]
    public void Load_balancers_that_are_proxies_keep_their_addresses(string? mode, bool served)
    {
        var service = Balanced() with { Status = new ServiceStatus { LoadBalancer = new() { Ingress = [new() { IP = "203.0.113.9", IPMode = mode }, new() { Hostname = "lb.example.org" }] } } };

        Assert.Equal(served, Keys(Compute(service)).Contains("203.0.113.9 80/6"));
    }

    [Fact]
    public void Addresses_that_are_none_or_cannot_be_read_have_no_frontend()
    {
        var service = Balanced();
        service = service with { Spec = service.Spec with { ExternalIPs = ["0.0.0.0", "::", "1.2.3", "010.000.000.009", "::ffff:198.51.100.7", "fe80::1%eth0", "x"] } };

        Assert.Equal(["203.0.113.1", "10.0.0.9", "198.51.100.7"], Compute(service).ExternalAddresses.Select(a => a.ToString()));
    }

    [Fact]
    public void Only_the_first_port_has_the_marks_of_the_addresses()
    {
        var desired = Compute(Make.Service("web", ["10.96.0.1"], Make.Port(80, "a"), Make.Port(81, "b", "UDP"), Make.Port(82, "c", "SCTP")));

        Assert.Equal(["10.96.0.1 0/0", "10.96.0.1 80/6", "10.96.0.1 81/17", "10.96.0.1 82/132"], Keys(desired));
        Assert.Equal(2, desired.Ports[0].Frontends.Count);
    }

    [Theory]
    [InlineData("None", null, 0)]
    [InlineData("ClientIP", null, 10800)]
    [InlineData("ClientIP", 30, 30)]
    public void Affinity_is_every_frontends(string affinity, int? timeout, uint seconds)
    {
        var service = Balanced();
        service = service with
        {
            Spec = service.Spec with { SessionAffinity = affinity, SessionAffinityConfig = new() { ClientIP = new() { TimeoutSeconds = timeout } } },
        };

        Assert.All(Compute(service).Ports[0].Frontends.Skip(1), f => Assert.Equal(seconds, f.AffinityTimeout));
    }

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0/120", true, false)]
    [InlineData(" 192.0.2.77/24 ,192.0.2.0/24", "192.0.2.0/120", true, false)]
    [InlineData("192.0.2.0/24,0.0.0.0/0,2001:db8:2::/48", "2001:db8:2::/48", false, true)]
    [InlineData("::/0,192.0.2.0/24", "192.0.2.0/120", true, false)]
    [InlineData("2001:db8:2::/48", "2001:db8:2::/48", false, true)]
    [InlineData("nonsense,192.0.2.0,192.0.2.0/33,192.0.2.0/x", "", false, false)]
    [InlineData("", "", false, false)]
    public void Source_ranges_restrict_the_load_balancers_addresses_of_their_family(string ranges, string expected, bool ipv4, bool ipv6)
    {
        var service = Balanced();
        service = service with { Spec = service.Spec with { ClusterIPs = ["10.96.0.1", "fd00:96::1"], LoadBalancerSourceRanges = ranges.Split(',', StringSplitOptions.RemoveEmptyEntries) } };

        var desired = Compute(service);

        Assert.Equal(expected, string.Join(' ', desired.Ports[0].SourceRanges.Select(r => $"{r.Address}/{r.PrefixLength}")));
        string[] restricted = [.. ipv4 ? ["203.0.113.1"] : Array.Empty<string>(), .. ipv6 ? ["2001:db8:1::1"] : Array.Empty<string>()];
        Assert.Equal(restricted, desired.Ports[0].Frontends.Where(f => f.Flags.HasFlag(FrontendFlag.SourceRanges)).Select(f => f.Key.Address.ToString()));
        Assert.Equal(ranges.StartsWith("nonsense", StringComparison.Ordinal) ? 4 : 0, desired.Ignored.Count);
    }

    [Fact]
    public void Maglev_lists_are_tables_of_their_backends()
    {
        var service = Balanced();
        service = service with
        {
            Metadata = service.Metadata with { Annotations = new Dictionary<string, string> { ["netweir.io/lb-algorithm"] = "maglev" } },
            Spec = service.Spec with { ExternalTrafficPolicy = "Local" },
        };

        var port = Compute(service, On("there", "10.0.0.1"), On("here", "10.0.0.2"), On("here", "10.0.0.3")).Ports[0];

        Assert.All(port.Frontends.Skip(1), f => Assert.Equal((true, 1009), (f.Flags.HasFlag(FrontendFlag.Consistent), f.Inside.Count)));
        var node = port.Frontends.Single(f => f.Key.Port.Value == 30080);
        Assert.Equal(3, node.Inside.Distinct().Count());
        Assert.Equal(["10.0.0.2", "10.0.0.3"], node.Outside.Select(k => k.Address.ToString()).Distinct().Order());
    }

    [Fact]
    public void Leading_zeros_of_a_backends_address_are_no_octal()
    {
        var port = Compute(Balanced(), On("there", "010.0.0.012")).Ports[0];

        Assert.Equal("10.0.0.12", Assert.Single(port.Backends).Key.Address.ToString());
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.0/120 2001:db8:9::/48 203.0.113.1/128")]
    [InlineData("192.0.3.7", "192.0.2.0/120 2001:db8:9::/48")]
    [InlineData("2001:db8:9::7", "192.0.2.0/120 2001:db8:1::1/128 2001:db8:9::/48")]
    [InlineData("2001:db8:8::7", "192.0.2.0/120 2001:db8:9::/48")]
    public void A_node_that_source_ranges_allow_is_allowed_from_the_load_balancers_addresses_too(string address, string ranges)
    {
        var service = Balanced();
        service = service with { Spec = service.Spec with { ClusterIPs = ["10.96.0.1", "fd00:96::1"], LoadBalancerSourceRanges = ["192.0.2.0/24", "2001:db8:9::/48"] } };
        var node = new ThisNode("here", null) { InternalIPs = [IPAddress.Parse(address)] };

        var port = ServiceTable.Compute(new ServiceSnapshot(service.Metadata.Key, service, [], []), node, new ServiceOptions()).Ports[0];

        Assert.Equal(ranges, string.Join(' ', port.SourceRanges.Select(r => $"{r.Address}/{r.PrefixLength}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Backends_say_which_lists_have_them()
    {
        var service = Balanced() with { };
        service = service with { Spec = service.Spec with { ExternalTrafficPolicy = "Local" } };

        var port = Compute(service, On("there", "10.0.0.1"), On("here", "10.0.0.2"), Make.Terminating("10.0.0.3"), Make.Terminating("10.0.0.4") with { NodeName = "here" }).Ports[0];

        Assert.Equal(
            ["10.0.0.1 ClusterList", "10.0.0.2 ClusterList, LocalList", "10.0.0.3 None", "10.0.0.4 None"],
            port.Backends.Select(b => $"{b.Key.Address} {b.Lists}"));
    }

    /// <summary>A pod of both families counts once, one that is ready for two ports too; what terminates does not count though it serves.</summary>
    [Fact]
    public void Health_check_counts_the_ready_pods_of_this_node()
    {
        var service = Make.Service("web", ["10.96.0.1", "fd00:96::1"], Make.Port(80, "a"), Make.Port(81, "b"));
        service = service with { Spec = service.Spec with { Type = "LoadBalancer", ExternalTrafficPolicy = "Local", HealthCheckNodePort = 31000 } };
        EndpointPort[] ports = [new() { Name = "a", Port = 8080 }, new() { Name = "b", Port = 8081 }];
        EndpointSlice[] slices =
        [
            Make.Slice("web", "4", ports, On("here", "10.0.0.1"), On("here", "10.0.0.2"), On("there", "10.0.0.3"), Make.Terminating("10.0.0.4") with { NodeName = "here" }),
            Make.Slice("web", "6", ports, On("here", "fd00::1")),
        ];

        var desired = ServiceTable.Compute(new ServiceSnapshot(service.Metadata.Key, service, slices, []), new ThisNode("here", null), new ServiceOptions());

        Assert.Equal(new HealthCheckNodePort(service.Metadata.Key, 31000, 2), desired.HealthCheck);
    }

    [Theory]
    [InlineData("LoadBalancer", "Cluster", 31000)]
    [InlineData("NodePort", "Local", 31000)]
    [InlineData("LoadBalancer", "Local", 0)]
    public void Health_check_is_for_load_balancers_with_a_local_policy(string type, string policy, int port)
    {
        var service = Balanced();
        service = service with { Spec = service.Spec with { Type = type, ExternalTrafficPolicy = policy, HealthCheckNodePort = port } };

        Assert.Null(Compute(service).HealthCheck);
    }

    [Fact]
    public void Host_port_keys_fit_the_map_and_never_equal_each_other_or_a_service()
    {
        var longName = new string('a', 70);
        var key = HostPortKey.For("default", longName + "1");

        Assert.Equal(new ObjectKey("default", "pod/web-0"), HostPortKey.For("default", "web-0"));
        Assert.Equal(63, key.Name.Length);
        Assert.NotEqual(key, HostPortKey.For("default", longName + "2"));
        Assert.True(HostPortKey.Is(key));
        Assert.False(HostPortKey.Is(new ObjectKey("default", "pod")));
    }

    private static Service Balanced()
    {
        var service = Make.Service("web", ["10.96.0.1"], Make.Port(80) with { NodePort = 30080 });
        return service with
        {
            Spec = service.Spec with { Type = "LoadBalancer", ExternalIPs = ["198.51.100.1"] },
            Status = new ServiceStatus { LoadBalancer = new() { Ingress = [new() { IP = "203.0.113.1" }, new() { IP = "2001:db8:1::1" }] } },
        };
    }

    private static Endpoint On(string node, string address) => Make.Ready(address) with { NodeName = node };

    private static DesiredService Compute(Service service, params Endpoint[] endpoints) => ServiceTable.Compute(
        new ServiceSnapshot(service.Metadata.Key, service, endpoints.Length == 0 ? [] : [Make.Slice("web", "1", endpoints)], []),
        new ThisNode("here", null),
        new ServiceOptions());

    private static string[] Keys(DesiredService desired) =>
        [.. desired.Ports.SelectMany(p => p.Frontends).Select(f => $"{f.Key.Address} {f.Key.Port}/{f.Key.Protocol}")];

    private static string Addresses(IEnumerable<FrontendKey> list) => string.Join(' ', list.Select(k => k.Address));
}
