using System.Net;
using System.Text;
using System.Text.Json;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni.Tests;

/// <summary>
/// A node for the plugin: a network namespace of its own, state and run directories, and a bpffs of its own with what the agent would
/// have pinned there (programs that let everything pass).
/// </summary>
internal sealed class TestNode : IDisposable
{
    public const int Mtu = 1450;
    private readonly TestProgram _fromPod = TestProgram.Load();
    private readonly TestProgram _toPod = TestProgram.Load();
    private readonly List<TestNamespace> _pods = [];

    public TestNode(string ipv4 = "10.244.1.0/24", string? ipv6 = "fd00:10:244:1::/64", uint endpoints = 1024)
    {
        Root = Directory.CreateTempSubdirectory("netweir-cni-").FullName;
        Directory.CreateDirectory(BpfMount);
        BpfTestSyscall.MountBpf(BpfMount);
        Pin(endpoints);
        Facts = new NodeFacts
        {
            NodeName = "node",
            PodCidrs = ipv6 is null ? [IPNetwork.Parse(ipv4)] : [IPNetwork.Parse(ipv4), IPNetwork.Parse(ipv6)],
            Mtu = Mtu,
        };
        Facts.Write(RunDir);
    }

    public TestNamespace Host { get; } = new();

    public string Root { get; }

    public NodeFacts Facts { get; }

    public string StateDir => Path.Combine(Root, "state");

    public string RunDir => Path.Combine(Root, "run");

    public string BpfRoot => Path.Combine(BpfMount, "netweir");

    public EndpointStore Store => new(StateDir);

    public uint FromPodId => BpfTestSyscall.ProgramId(_fromPod.Fd);

    public uint ToPodId => BpfTestSyscall.ProgramId(_toPod.Fd);

    private string BpfMount => Path.Combine(Root, "bpf");

    public TestNamespace NewPod()
    {
        var pod = new TestNamespace();
        _pods.Add(pod);
        return pod;
    }

    /// <param name="version">cniVersion.</param>
    /// <param name="more">Further members, as JSON text that starts with a comma.</param>
    public string Config(string version = "1.1.0", string more = "") =>
        $$"""{"cniVersion":"{{version}}","name":"netweir","type":"netweir-cni","stateDir":"{{StateDir}}","runDir":"{{RunDir}}","bpfRoot":"{{BpfRoot}}"{{more}}}""";

    public static Dictionary<string, string> Environment(string command, string containerId, string? netns) => new()
    {
        [Variable.Command] = command,
        [Variable.ContainerId] = containerId,
        [Variable.NetworkNamespace] = netns ?? string.Empty,
        [Variable.InterfaceName] = "eth0",
        [Variable.Arguments] = $"IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-{containerId};K8S_POD_UID=uid-{containerId};K8S_POD_INFRA_CONTAINER_ID={containerId}",
    };

    /// <summary>Runs the plugin in this process, in the node's namespace.</summary>
    public PluginResult Run(string command, string containerId, TestNamespace? pod, string? config = null) =>
        Host.Handle.Run(() => PluginResult.Of(Environment(command, containerId, pod?.Path), config ?? Config()));

    public Invocation Invocation(string command, string containerId, TestNamespace pod)
    {
        Dictionary<string, string> environment = Environment(command, containerId, pod.Path);
        NetworkConfig config = InvocationReader.ReadConfig(new MemoryStream(Encoding.UTF8.GetBytes(Config())));
        return InvocationReader.Read(Verb.All.First(v => v.Name == command), name => environment.GetValueOrDefault(name), config);
    }

    public JsonElement Add(string containerId, TestNamespace pod)
    {
        PluginResult result = Run("ADD", containerId, pod);
        Assert.True(result.ExitCode == 0, result.Text);
        return result.Json;
    }

    /// <param name="containerId">As at ADD.</param>
    /// <param name="pod">Its namespace.</param>
    /// <param name="prevResult">What ADD printed.</param>
    public PluginResult Check(string containerId, TestNamespace pod, JsonElement prevResult) =>
        Run("CHECK", containerId, pod, Config(more: $",\"prevResult\":{prevResult.GetRawText()}"));

    public EndpointMap OpenMap() => EndpointMap.Open(BpfRoot);

    /// <summary>Nothing of any pod is left: no device, route, map entry, record or address.</summary>
    public void AssertEmpty()
    {
        Assert.Empty(Host.Netlink.Links.List().Where(l => l.Kind == "veth").Select(l => l.Name));
        Assert.Empty(Host.Netlink.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir }));
        Assert.Empty(FilesBelow("endpoints"));
        Assert.Empty(FilesBelow("addresses"));
        if (Directory.Exists(BpfRoot))
        {
            using EndpointMap map = OpenMap();
            Assert.Empty(map.Addresses());
        }
    }

    /// <summary>Pins a map of other sizes in the place of one.</summary>
    public void Replace(string map, uint keySize, uint valueSize)
    {
        string path = Path.Combine(BpfRoot, "maps", map);
        File.Delete(path);
        PinMap(path, type: map == "nw_epoch" ? 2u : 1u, keySize, valueSize, entries: 1);
    }

    public void UnmountBpf() => BpfTestSyscall.Unmount(BpfMount);

    public void Dispose()
    {
        _pods.ForEach(p => p.Dispose());
        Host.Dispose();
        UnmountBpf();
        _fromPod.Dispose();
        _toPod.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private string[] FilesBelow(string directory)
    {
        string path = Path.Combine(StateDir, directory);
        return Directory.Exists(path) ? Directory.GetFiles(path) : [];
    }

    private void Pin(uint endpoints)
    {
        string programs = Path.Combine(BpfRoot, "programs");
        string maps = Path.Combine(BpfRoot, "maps");
        Directory.CreateDirectory(programs);
        Directory.CreateDirectory(maps);
        BpfTestSyscall.Pin(_fromPod.Fd, Path.Combine(programs, "from_pod"));
        BpfTestSyscall.Pin(_toPod.Fd, Path.Combine(programs, "to_pod"));
        PinMap(Path.Combine(maps, "nw_endpoints"), type: 1, keySize: 16, valueSize: 16, entries: endpoints);
        PinMap(Path.Combine(maps, "nw_epoch"), type: 2, keySize: 4, valueSize: 8, entries: 1);
    }

    private static void PinMap(string path, uint type, uint keySize, uint valueSize, uint entries)
    {
        int fd = BpfTestSyscall.CreateMap(type, keySize, valueSize, entries);
        BpfTestSyscall.Pin(fd, path);
        BpfTestSyscall.Close(fd);
    }
}
