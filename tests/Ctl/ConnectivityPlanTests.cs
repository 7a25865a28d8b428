namespace Netweir.Ctl.Tests;

/// <summary>Which checks are made, and how results are told.</summary>
public sealed class ConnectivityPlanTests
{
    [Fact]
    public void Every_way_that_a_packet_can_take_is_in_the_plan()
    {
        string[] ways = [.. ConnectivityPlan.Create(TestTopologies.Create(3)).Select(c => $"{c.FromKind} -> {c.ToKind}: {c.What}").Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(
            [
                "host -> API server's service: TCP",
                "host -> ClusterIP without endpoints: TCP refused",
                "host -> ClusterIP without endpoints: UDP refused",
                "host -> ClusterIP, affinity: TCP, one backend",
                "host -> ClusterIP, internal policy Local: TCP",
                "host -> ClusterIP: TCP",
                "host -> ClusterIP: UDP",
                "host -> node port, external policy Local, no pod there: TCP dropped",
                "host -> node port, external policy Local: TCP, source kept",
                "host -> node port, other node: TCP",
                "host -> node port, other node: UDP",
                "host -> node port, same node: TCP",
                "host -> node port, same node: UDP",
                "host -> pod, other node: TCP",
                "host -> pod, other node: TCP 1 MB both ways",
                "host -> pod, other node: UDP",
                "host -> pod, other node: UDP 100 to 8000 bytes",
                "host -> pod, same node: TCP",
                "host -> pod, same node: TCP 1 MB both ways",
                "host -> pod, same node: UDP",
                "host -> pod, same node: UDP 100 to 8000 bytes",
                "pod -> API server's service: TCP",
                "pod -> ClusterIP without endpoints: TCP refused",
                "pod -> ClusterIP without endpoints: UDP refused",
                "pod -> ClusterIP, affinity: TCP, one backend",
                "pod -> ClusterIP, internal policy Local: TCP",
                "pod -> ClusterIP: TCP",
                "pod -> ClusterIP: UDP",
                "pod -> DNS service: DNS",
                "pod -> host, other node: TCP",
                "pod -> host, same node: TCP",
                "pod -> its own service: TCP",
                "pod -> its own service: UDP",
                "pod -> node port, other node: TCP",
                "pod -> node port, other node: UDP",
                "pod -> node port, same node: TCP",
                "pod -> node port, same node: UDP",
                "pod -> pod, other node: TCP 1 MB both ways",
                "pod -> pod, other node: TCP download",
                "pod -> pod, other node: TCP, source kept",
                "pod -> pod, other node: UDP 100 to 8000 bytes",
                "pod -> pod, other node: UDP, source kept",
                "pod -> pod, same node: TCP 1 MB both ways",
                "pod -> pod, same node: TCP download",
                "pod -> pod, same node: TCP, source kept",
                "pod -> pod, same node: UDP 100 to 8000 bytes",
                "pod -> pod, same node: UDP, source kept",
            ],
            ways);
    }

    [Fact]
    public void Ids_are_unique_and_downloads_come_last()
    {
        IReadOnlyList<PlannedCheck> plan = ConnectivityPlan.Create(TestTopologies.Create(2, dualStack: true));

        Assert.Equal(Enumerable.Range(1, plan.Count), plan.Select(c => c.Check.Id));
        Assert.DoesNotContain(plan.SkipWhile(c => c.Check.Kind != ProbeKind.Speed), c => c.Check.Kind != ProbeKind.Speed);
    }

    [Fact]
    public void Second_family_is_asked_where_there_is_one()
    {
        IReadOnlyList<PlannedCheck> both = ConnectivityPlan.Create(TestTopologies.Create(2, dualStack: true));

        Assert.Contains(both, c => c is { Family: "IPv6", ToKind: "ClusterIP" });
        Assert.Contains(both, c => c is { Family: "IPv6", ToKind: "pod, other node" });
        Assert.DoesNotContain(both, c => c.Family == "IPv6" && c.ToKind.StartsWith("node port", StringComparison.Ordinal)); // nodes have IPv4 only
        Assert.DoesNotContain(ConnectivityPlan.Create(TestTopologies.Create(2)), c => c.Family == "IPv6");
    }

    [Fact]
    public void One_node_and_no_dns_leave_out_what_needs_more()
    {
        IReadOnlyList<PlannedCheck> plan = ConnectivityPlan.Create(TestTopologies.Create(1, dns: false));

        Assert.NotEmpty(plan);
        Assert.DoesNotContain(plan, c => c.ToKind.Contains("other node", StringComparison.Ordinal) || c.ToKind == "DNS service");
    }

    [Fact]
    public void Internal_policy_local_wants_the_pod_of_the_same_node()
    {
        PlannedCheck check = ConnectivityPlan.Create(TestTopologies.Create(3)).First(c => c.ToKind.Contains("internal policy", StringComparison.Ordinal) && c.Node == "node-2");

        Assert.Equal(["server-2"], check.Check.Hosts);
    }

    [Fact]
    public void Failed_checks_are_told_with_what_was_tried_and_where_to_look()
    {
        PlannedCheck good = Check(1, ProbeKind.Who), bad = Check(2, ProbeKind.Who);
        (PlannedCheck, ProbeResult)[] results =
        [
            (good, new ProbeResult { Id = 1, Ok = true, Tried = "50 questions", Came = "answered by server-1", P50 = 120, P99 = 12_345 }),
            (bad, new ProbeResult { Id = 2, Ok = false, Tried = "a question, several times", Came = "no answer within 2 s" }),
        ];

        string table = Maps.OutputWriter.Write(ConnectivityReport.Summary(results), Maps.OutputFormat.Table);
        string failure = ConnectivityReport.Failures(results).Single();

        Assert.Equal(
            "FROM  TO         FAMILY  WHAT  RESULT                 P50     P99\npod   ClusterIP  IPv4    TCP   PARTLY FAILED, 1 of 2  120 us  12 ms\n", table);
        Assert.Equal(
            "FAILED  pod on node-1 -> service ns/echo (10.96.0.2:80), TCP\n        tried: a question, several times\n        came:  no answer within 2 s\n"
            + "        next:  'ctl status' on node-1, and there 'ctl maps dump frontends drops | grep -e 10.96.0.2 -e REASON'",
            failure);
    }

    [Fact]
    public void Deployed_pods_are_as_restricted_as_they_can_be()
    {
        var objects = new ConnectivityObjects("ns-1", "netweir:1", 10880);

        foreach (Kube.KubeDocument document in objects.Servers(["node-1"]).Concat(objects.Probers(ConnectivityPlan.Create(TestTopologies.Create(1)))))
        {
            System.Text.Json.Nodes.JsonNode spec = document.Body["spec"]!, container = spec["containers"]![0]!;
            Assert.Equal(document.Key.Name.Contains("host", StringComparison.Ordinal), (bool)spec["hostNetwork"]!);
            Assert.True((bool)spec["securityContext"]!["runAsNonRoot"]!);
            Assert.Equal("RuntimeDefault", spec["securityContext"]!["seccompProfile"]!["type"]!.ToString());
            Assert.Equal("""{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]}}""", container["securityContext"]!.ToJsonString());
            Assert.False((bool)spec["automountServiceAccountToken"]!);
        }

        Assert.Equal(TestServices.All.Count, objects.Services().Count());
    }

    [Theory]
    [InlineData("search ns.svc.corp.example svc.corp.example corp.example\nnameserver 10.96.0.10\n", "corp.example")]
    [InlineData("nameserver 10.96.0.10\n", "cluster.local")]
    public void Cluster_domain_is_read_off_the_resolvers_file(string file, string domain) => Assert.Equal(domain, ConnectivityPod.Domain(file));

    [Fact]
    public void Dns_answers_are_read_with_compressed_names_and_aliases()
    {
        byte[] question = DnsQuestion.Question(7, "a.svc", ipv6: false);
        question[7] = 2; // answers
        byte[] answer =
        [
            .. question, 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 2, 0xc0, 12, // an alias
            0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 96, 0, 1,
        ];

        Assert.Equal(["10.96.0.1"], DnsQuestion.Parse(answer, 7));
        Assert.Throws<IOException>(() => DnsQuestion.Parse(answer, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => DnsQuestion.Parse(answer.AsSpan(0, answer.Length - 3), 7));
        answer[3] = 5; // refused
        Assert.Throws<IOException>(() => DnsQuestion.Parse(answer, 7));
    }

    private static PlannedCheck Check(int id, ProbeKind kind) => new(
        "probe-pod-1", "node-1", "pod", "ClusterIP", "service ns/echo", new ProbeCheck { Id = id, Kind = kind, Address = "10.96.0.2", Port = 80 });
}
