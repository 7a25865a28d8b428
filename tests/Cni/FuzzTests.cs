using System.Text;
using System.Text.Json;
using Netweir.Endpoints;
using Netweir.Support.Fuzz;

namespace Netweir.Cni.Tests;

/// <summary>A runtime that says anything at all gets an error object, and the node stays as it was.</summary>
public sealed class FuzzTests
{
    private static readonly HashSet<int> s_codes = [.. Enum.GetValues<CniErrorCode>().Where(c => c != CniErrorCode.Internal).Select(c => (int)c)];
    private static readonly string[] s_commands = ["ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION", "", "add", "ADD\n"];
    private static readonly string[] s_texts =
    [
        "", " ", "..", "/", "a/b", "eth0", "0123456789abcdef", "\0", "\ud800", "c1", "-", "A=B", "K8S_POD_NAME=", "=;=", "/proc/self/ns/net", "/proc/self/ns/mnt",
        "/dev/null", "/nonexistent", "K8S_POD_NAMESPACE=a;K8S_POD_NAME=b;IgnoreUnknown=1",
    ];

    [Fact]
    public void Whatever_a_runtime_says_it_is_answered_and_nothing_is_left()
    {
        using var node = new TestNode();
        string seed = node.Config(more: """
            ,"mtu":1400,"capabilities":{"portMappings":true},"prevResult":{"cniVersion":"1.1.0","interfaces":[{"name":"eth0","mac":"02:00:00:00:00:01","sandbox":"/x"}],
            "ips":[{"address":"10.244.1.2/32","interface":0}],"routes":[{"dst":"0.0.0.0/0"}]},"runtimeConfig":{"portMappings":[{"hostPort":80,"containerPort":80,"protocol":"tcp"}]},
            "cni.dev/valid-attachments":[{"containerID":"c1","ifname":"eth0"}]
            """);
        node.Host.Handle.Run(() => FuzzPlan.Of(2_000).Run("CNI", (random, _) => One(random, seed)));

        node.AssertEmpty();
    }

    [Fact]
    public void Node_facts_and_records_that_are_spoilt_are_refused_or_passed_over()
    {
        string directory = Directory.CreateTempSubdirectory("netweir-fuzz-").FullName;
        try
        {
            string record = Path.Combine(Directory.CreateDirectory(Path.Combine(directory, "endpoints")).FullName, "c1_eth0.json");
            const string Facts = """{"nodeName":"node","podCIDRs":["10.244.1.0/24","fd00::/64"],"mtu":1450,"gatewayIPv4":"169.254.1.1","gatewayIPv6":"fe80::1"}""";
            const string Record = """{"containerId":"c1","interfaceName":"eth0","network":"netweir","created":"2024-01-01T00:00:00Z","addresses":["10.244.1.2"],"state":"Ready","bootId":"x","hostInterfaceName":"nw1","hostInterfaceIndex":7,"networkNamespacePath":"/x","networkNamespaceInode":1,"podMac":"02:00:00:00:00:01","hostMac":"02:00:00:00:00:02","portMappings":[]}""";
            FuzzPlan.Of(2_000).Run("files", (random, number) =>
            {
                var mutator = new JsonMutator(random);
                File.WriteAllBytes(Path.Combine(directory, NodeFacts.FileName), mutator.Mutate(Facts));
                File.WriteAllBytes(record, mutator.Mutate(Record));
                ReadFacts(directory);
                _ = new EndpointStore(directory).List();
                _ = new EndpointStore(directory).AnyReclaimable();
            });
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void ReadFacts(string directory)
    {
        try
        {
            NodeFacts facts = NodeFacts.Read(directory);
            Assert.True(facts is { PodCidrs.Count: > 0, Mtu: >= 576 });
        }
        catch (InvalidDataException e)
        {
            Assert.Contains(NodeFacts.FileName, e.Message, StringComparison.Ordinal);
        }
    }

    private static void One(Random random, string seed)
    {
        string command = s_commands[random.Next(3) == 0 ? random.Next(s_commands.Length) : random.Next(5)];
        Dictionary<string, string> environment = TestNode.Environment(command, "c1", "/nonexistent");
        if (random.Next(2) == 0)
        {
            string name = environment.Keys.ElementAt(random.Next(environment.Count));
            environment[name] = random.Next(4) == 0 ? new string('x', random.Next(5000)) : s_texts[random.Next(s_texts.Length)];
        }
        byte[] input = random.Next(8) == 0 ? Encoding.UTF8.GetBytes(seed) : new JsonMutator(random).Mutate(seed);
        // Where the node's own directories are is not what is tried: a runtime's configuration is root's word.
        if (Encoding.UTF8.GetString(input) is var text && !text.Contains("stateDir\":\"/tmp", StringComparison.Ordinal))
        {
            environment[Variable.Command] = "STATUS";
        }
        Judge(environment, input);
    }

    private static void Judge(Dictionary<string, string> environment, byte[] input)
    {
        using var output = new MemoryStream();
        using var log = new MemoryStream();
        int exitCode = Plugin.Run(name => environment.GetValueOrDefault(name), new MemoryStream(input), output, log);
        string said = Encoding.UTF8.GetString(output.ToArray());
        string what = $"{string.Join(' ', environment.Select(e => $"{e.Key}={e.Value}"))}\n{Encoding.UTF8.GetString(input)}\nanswered {exitCode}: {said}\n{Encoding.UTF8.GetString(log.ToArray())}";
        Assert.True(exitCode is 0 or 1, what);
        if (exitCode == 0)
        {
            return;
        }
        JsonElement error = JsonDocument.Parse(said).RootElement;
        Assert.True(error.GetProperty("msg").GetString() is { Length: > 0 }, what);
        Assert.True(s_codes.Contains(error.GetProperty("code").GetInt32()), what);
        Assert.True(error.GetProperty("cniVersion").GetString() is "0.3.1" or "0.4.0" or "1.0.0" or "1.1.0", what);
    }
}
