namespace Netweir.Ctl.Tests;

internal static class TestTopologies
{
    /// <summary>So many nodes, with pods of one or both families; hosts have IPv4 only.</summary>
    public static TestTopology Create(int nodes, bool dualStack = false, bool dns = true) => new()
    {
        Namespace = "netweir-connectivity-0000",
        Nodes = [.. Enumerable.Range(1, nodes).Select(n => $"node-{n}")],
        Pods = [.. Enumerable.Range(1, nodes).Select(n => new TestPod($"server-{n}", $"node-{n}", false, dualStack ? [$"10.1.{n}.2", $"fd00:{n}::2"] : [$"10.1.{n}.2"]))],
        Hosts = [.. Enumerable.Range(1, nodes).Select(n => new TestPod($"host-{n}", $"node-{n}", true, [$"192.0.2.{n}"]))],
        HostPort = 10880,
        Services = TestServices.All.Select((s, i) => new TestService(s.Name, dualStack ? [$"10.96.0.{i}", $"fd96::{i}"] : [$"10.96.0.{i}"], 30000 + i, 31000 + i))
            .ToDictionary(s => s.Name),
        ApiAddresses = ["10.96.0.100"],
        ApiPort = 443,
        DnsAddresses = dns ? ["10.96.0.110"] : [],
    };
}
