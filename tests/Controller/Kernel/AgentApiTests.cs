using Netweir.Maps;
using Netweir.Support.ApiServer;

namespace Netweir.Controller.Tests;

/// <summary>An API server that answers nonsense, or is gone, or lost its data, costs only what it is about.</summary>
public sealed class AgentApiTests : IDisposable
{
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void Objects_that_mean_nothing_are_skipped_and_named_and_all_others_are_applied()
    {
        ApplyService("first", 1);
        ApplyOddObjects();
        ApplyService("last", 9);
        _agent.Ready();
        using var maps = NetweirMaps.OpenPinned(_agent.Root);

        _agent.WaitFor(() => Serves(maps, "10.96.0.1", 80) && Serves(maps, "10.96.0.9", 80), 10, "serving the good ones");
        Assert.True(Serves(maps, "10.96.0.2", 80), "the good port beside a bad one");
        Assert.True(Serves(maps, "10.96.0.3", 1) && Serves(maps, "10.96.0.3", 3000), "thousands of ports");
        Assert.True(Serves(maps, "10.96.0.4", 80), "a service with words that nobody knows");
        string[] told =
        [
            "Service default/neg has what means nothing and is ignored, while the rest of it is programmed: port -5, protocol 'DCCP' of port 81, nodePort 99999",
            "services default/overflow is skipped, it cannot be read",
            "services default/words is skipped, it cannot be read",
            "nodes odd is skipped, it cannot be read",
            "port 70000 of EndpointSlice first-odd",
            "address 'not-an-ip' of EndpointSlice first-odd",
            "addressType 'Pigeon' of EndpointSlice first-pigeon",
            "node garbage: InternalIP 'here' is no IP address: ignored",
            "node garbage: pod CIDR '10.244.300.0/24' is no CIDR: ignored",
        ];
        Assert.All(told, _agent.Says);
        Assert.StartsWith("HTTP/1.1 200", _agent.Get("/readyz"), StringComparison.Ordinal);

        // The same while it runs, by the watch; and the object's last good state is kept.
        _agent.Api.Apply(Service("first", """{"clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1"], "ports": [{"port": 99999999999}]}"""));
        ApplyService("later", 10);
        _agent.WaitFor(() => Serves(maps, "10.96.0.10", 80), 10, "serving what came after it");
        Assert.True(Serves(maps, "10.96.0.1", 80), "the last state that could be read is kept");
        _agent.Says("services default/first is skipped, it cannot be read");
    }

    [Fact]
    public void Answers_that_are_none_of_the_API_change_nothing_and_are_told_with_their_remedy()
    {
        ApplyService("web", 1);
        _agent.Ready();
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        (Fault Fault, string Told)[] faults =
        [
            (Fault.Garbage, "is not what the API returns"),
            (Fault.Truncated, "watch services"),
            (Fault.InternalError, "500 InternalError: etcdserver: leader changed; see the API server's log if it lasts"),
            (Fault.TooManyRequests, "429 TooManyRequests"),
            (Fault.Forbidden, """grant it to the identity that asked, the agent's in its ClusterRole: apiGroups: [""], resources: ["services"], verbs: ["watch"]"""),
            (Fault.Gone, "410 Expired"),
        ];
        foreach (var (fault, told) in faults)
        {
            // A watch that lasted a second ends the back-off of the fault before.
            _agent.WaitFor(() => _agent.Api.ActiveWatches == 4, 60, "watching");
            Thread.Sleep(1200);
            _agent.Api.Faults.Next(1, fault, "watch", "services");
            _agent.Api.Faults.DropWatches();
            _agent.WaitFor(() => _agent.Output.Contains(told, StringComparison.Ordinal), 20, $"telling of {fault}");
            Assert.True(Serves(maps, "10.96.0.1", 80), $"{fault} took the service away");
            Assert.StartsWith("HTTP/1.1 200", _agent.Get("/readyz"), StringComparison.Ordinal);
        }

        _agent.Api.Faults.Heal();
        ApplyService("db", 2);
        _agent.WaitFor(() => Serves(maps, "10.96.0.2", 80), 40, "serving what came later");
    }

    /// <summary>
    /// An etcd that was restored empty is a legal state of the API: kube-proxy removes its rules then, and so does Netweir. Flows of services end;
    /// pods keep theirs, because records and not the API say which pods there are. The agent's own Node that is gone changes nothing on the node.
    /// </summary>
    [Fact]
    public void A_list_that_is_empty_after_a_loss_of_data_is_applied()
    {
        ApplyService("web", 1);
        _agent.Ready();
        var (index, _) = _agent.Pod();
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        _agent.WaitFor(() => Serves(maps, "10.96.0.1", 80) && _agent.Node.OwnRoutes().Exists(r => r.LinkIndex == index), 10, "serving the service and the pod");
        var programs = _agent.ProgramIds();
        var ipcache = maps.Ipcache.Entries().Count();

        // Nobody sees the deletions go by: the watches' versions are gone, what is left is a list without objects.
        _agent.Api.Faults.Next(4, Fault.Gone, "watch");
        foreach (var plural in new[] { "services", "endpointslices", "nodes", "servicecidrs" })
        {
            foreach (var all in _agent.Api.Store.All(plural))
            {
                _agent.Api.Delete(plural, all["metadata"]!["namespace"]?.ToString() ?? "", all["metadata"]!["name"]!.ToString());
            }
        }
        _agent.Api.Store.Compact();
        _agent.Api.Faults.DropWatches();

        _agent.WaitFor(() => !Serves(maps, "10.96.0.1", 80) && !maps.Services.Entries().Any(), 20, "without services");
        _agent.WaitFor(() => _agent.Get("/readyz").Contains("[-] node: the API has no Node 'own'", StringComparison.Ordinal), 10, "telling that its Node is gone");
        Thread.Sleep(2000);
        Assert.Equal(programs, _agent.ProgramIds());
        Assert.Equal(ipcache, maps.Ipcache.Entries().Count());
        Assert.Contains(_agent.Node.OwnRoutes(), r => r.LinkIndex == index);

        _agent.ApplyServiceCidr("10.96.0.0/16");
        _agent.Apply("own", "10.0.0.1", "10.244.0.0/24");
        ApplyService("web", 1);
        _agent.WaitFor(() => Serves(maps, "10.96.0.1", 80), 20, "serving again");
        _agent.WaitReady();
    }

    private static bool Serves(NetweirMaps maps, string address, int port) =>
        maps.Frontends.TryLookup(new FrontendKey { Address = Address.Parse(address), Port = Be16.From((ushort)port), Protocol = 6 }, out _);

    private void ApplyService(string name, int number)
    {
        _agent.Api.Apply(Service(name, $$"""{"clusterIP": "10.96.0.{{number}}", "clusterIPs": ["10.96.0.{{number}}"], "ports": [{"port": 80, "protocol": "TCP"}]}"""));
        _agent.Api.Apply(Slice(name, name + "-x", "IPv4", """[{"addresses": ["10.244.1.7"], "conditions": {"ready": true}}]""", 8080));
    }

    private static string Service(string name, string spec) => $$"""{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "{{name}}", "namespace": "default"}, "spec": {{spec}} }""";

    private static string Slice(string service, string name, string type, string endpoints, int port) =>
        $$"""{"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": {"name": "{{name}}", "namespace": "default", "labels": {"kubernetes.io/service-name": "{{service}}"} }, "addressType": "{{type}}", "ports": [null, {"name": "", "port": {{port}}, "protocol": "TCP"}], "endpoints": {{endpoints}} }""";

    private static string Node(string name, string rest) => $$"""{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "{{name}}"}, {{rest}} }""";

    private void ApplyOddObjects()
    {
        var ports = string.Join(", ", Enumerable.Range(1, 3000).Select(p => $$"""{"name": "p{{p}}", "port": {{p}}, "protocol": "TCP"}"""));
        var huge = new string('x', 100_000);
        string[] odd =
        [
            Service("neg", """{"clusterIP": "10.96.0.2", "clusterIPs": ["10.96.0.2"], "ports": [{"name": "a", "port": -5}, {"name": "b", "port": 81, "protocol": "DCCP"}, {"name": "c", "port": 80, "nodePort": 99999}]}"""),
            Service("overflow", """{"clusterIP": "10.96.0.5", "ports": [{"port": 99999999999}]}"""),
            Service("words", """{"clusterIP": "10.96.0.6", "ports": "eighty"}"""),
            Service("many", $$"""{"clusterIP": "10.96.0.3", "clusterIPs": ["10.96.0.3"], "ports": [{{ports}}]}"""),
            Service("unknown", """{"type": "Teleport", "clusterIP": "10.96.0.4", "clusterIPs": ["10.96.0.4"], "sessionAffinity": "Maybe", "internalTrafficPolicy": "Galactic", "externalTrafficPolicy": "Far", "ports": [{"port": 80}]}"""),
            Service("nulls", """{"clusterIP": "10.96.0.7", "clusterIPs": null, "ports": [null], "externalIPs": [null], "loadBalancerSourceRanges": null}"""),
            Service("zero", """{"clusterIP": "0.0.0.0", "clusterIPs": ["0.0.0.0", "999.1.1.1", ""], "ports": [{"port": 80}]}"""),
            Service(huge, """{"clusterIP": "10.96.0.8", "clusterIPs": ["10.96.0.8"], "ports": [{"name": "p\u0000q", "port": 80}]}"""),
            Slice("first", "first-odd", "IPv4", """[{"addresses": ["not-an-ip"]}, {"addresses": []}, null, {"addresses": null, "conditions": null}, {"addresses": ["fd00::1"]}]""", 70000),
            Slice("first", "first-pigeon", "Pigeon", "null", 80),
            Node("odd", """ "spec": {"podCIDRs": 7} """),
            Node("garbage", """ "spec": {"podCIDRs": ["10.244.300.0/24", null]}, "status": {"addresses": [{"type": "InternalIP", "address": "here"}, null]} """),
            Node("n" + huge, """ "spec": {"podCIDRs": ["10.244.7.0/24"]}, "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.7"}]} """),
        ];
        Array.ForEach(odd, o => _agent.Api.Apply(o));
    }
}
