using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Netweir.Endpoints;
using Netweir.Loader;
using Netweir.Netlink;
using Netweir.Support.ApiServer;

namespace Netweir.Controller.Tests;

/// <summary>A whole agent in a <see cref="TestNode"/>'s namespace, and an API server for it on the namespace's loopback.</summary>
internal sealed class AgentProcess : IDisposable
{
    private const int HealthPort = 9869;
    private readonly StringBuilder _output = new();
    private readonly List<Process> _started = [];
    private Process? _process;

    public AgentProcess()
    {
        Node = new TestNode();
        Root = $"/sys/fs/bpf/nwa-{Guid.NewGuid().ToString("N")[..8]}";
        Api = Node.Namespace.Run(() => TestApiServer.Start());
        Api.WriteKubeConfig(KubeConfig);
    }

    public TestNode Node { get; }

    public TestApiServer Api { get; }

    public string Root { get; }

    public string RunDir => Path.Combine(Node.Directory, "run");

    public string StateDir => Path.Combine(Node.Directory, "state");

    public string Conflist => Path.Combine(Node.Directory, "net.d", "05-netweir.conflist");

    /// <summary>The compiled datapath that the agent is given.</summary>
    public string Object { get; set; } = CompiledObject();

    /// <summary>Where <see cref="Pod"/> takes addresses from.</summary>
    public IReadOnlyList<IPNetwork> PodRanges { get; set; } = [IPNetwork.Parse("10.244.0.0/24")];

    public int ProcessId => _process!.Id;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private string KubeConfig => Path.Combine(Node.Directory, "kubeconfig");

    public void Apply(string name, string address, string podCidr, string annotation = "none") => Api.Apply(
        $$"""
        apiVersion: v1
        kind: Node
        metadata:
          name: {{name}}
          annotations:
            beat: "{{annotation}}"
        spec:
          podCIDR: {{podCidr}}
          podCIDRs: [{{podCidr}}]
        status:
          addresses:
          - type: InternalIP
            address: {{address}}
        """);

    public void ApplyServiceCidr(string cidr) => Api.Apply(
        $$"""
        apiVersion: networking.k8s.io/v1
        kind: ServiceCIDR
        metadata: {name: kubernetes}
        spec:
          cidrs: [{{cidr}}]
        """);

    public Process Start(params string[] more) => _process = Run(
        ["--bpf-root", Root, "--state-dir", StateDir, "--run-dir", RunDir, "--cni-conf-dir", Path.GetDirectoryName(Conflist)!,
            "--health-address", $"127.0.0.1:{HealthPort}", .. more]);

    /// <summary>A second agent in the same namespace that shares no directory and no port with the one of <see cref="Start"/>.</summary>
    public Process StartElsewhere(string directory, string bpfRoot) => Run(
        ["--bpf-root", bpfRoot, "--state-dir", Path.Combine(directory, "state"), "--run-dir", Path.Combine(directory, "run"),
            "--cni-conf-dir", Path.Combine(directory, "net.d"), "--health-address", $"127.0.0.1:{HealthPort + 1}"]);

    private Process Run(string[] options)
    {
        string[] arguments =
        [
            $"--net=/run/netns/{Node.NamespaceName}", .. Executable(), "--node-name", "own", "--kubeconfig", KubeConfig, "--object", Object, .. options,
        ];
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("nsenter", arguments) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _started.Add(process);
        return process;
    }

    /// <summary>A started agent that is ready, on a node with one peer.</summary>
    public void Ready(params string[] more)
    {
        ApplyServiceCidr("10.96.0.0/16");
        Apply("own", "10.0.0.1", "10.244.0.0/24");
        Apply("peer", "10.0.0.2", "10.244.1.0/24");
        Start(more);
        WaitReady();
    }

    /// <summary>As <see cref="Ready"/>, with both families.</summary>
    public void ReadyDual()
    {
        ApplyServiceCidr("10.96.0.0/16, \"fd00:96::/112\"");
        Apply("own", "10.0.0.1\n  - type: InternalIP\n    address: fd00::1", "10.244.0.0/24");
        Start();
        WaitReady();
    }

    /// <summary>What the plugin makes of a pod, without its programs and routes.</summary>
    public (int Index, IPAddress Address) Pod(params PortMapping[] mappings)
    {
        var key = new AttachmentKey("c1", "eth0");
        var links = Node.Netlink.Links;
        links.CreateVeth(new VethSpec { Name = key.HostInterfaceName, PeerName = "pod0" });
        var index = links.Get(key.HostInterfaceName).Index;
        links.SetUp(index);
        links.SetUp(links.Get("pod0").Index);
        var store = new EndpointStore(StateDir);
        var record = store.Allocate(key, PodRanges, addresses => new EndpointRecord
        {
            ContainerId = key.ContainerId,
            InterfaceName = key.InterfaceName,
            Network = "netweir",
            NetworkNamespacePath = "/run/netns/none",
            NetworkNamespaceInode = 1,
            BootId = store.BootId,
            Addresses = addresses,
            HostInterfaceName = key.HostInterfaceName,
            HostInterfaceIndex = index,
            HostMac = links.Get(index).Mac,
            PodMac = links.Get("pod0").Mac,
            State = EndpointState.Ready,
            Created = DateTimeOffset.UtcNow,
            PodNamespace = "default",
            PodName = "web",
            PortMappings = mappings,
        });
        return (index, record.Addresses[0]);
    }

    public List<uint> ProgramIds()
    {
        var store = new ProgramStore(Root);
        var ids = new List<uint>();
        foreach (var hook in HookNames.All)
        {
            using var program = store.Open(hook);
            ids.Add(program.Id);
        }
        return ids;
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public int Stop()
    {
        Signal("TERM");
        Assert.True(_process!.WaitForExit(TimeSpan.FromSeconds(20)), Output);
        return _process.ExitCode;
    }

    /// <summary>kill -9, when it runs.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
    }

    public void WaitReady() => WaitFor(() => File.Exists(Conflist) && Get("/readyz").StartsWith("HTTP/1.1 200", StringComparison.Ordinal), 60, "ready");

    /// <summary>Waits until the log has <paramref name="text"/>: a line comes by a pipe, later than what it tells of.</summary>
    public void Says(string text) => WaitFor(() => Output.Contains(text, StringComparison.Ordinal), 10, $"saying '{text}'");

    /// <summary>Waits until /metrics has <paramref name="line"/>: what was done is counted after it was done.</summary>
    public void Counts(string line) =>
        WaitFor(() => Get("/metrics").ReplaceLineEndings("\n").Contains(line, StringComparison.Ordinal), 10, $"counting '{line}'");

    /// <summary>How long it took.</summary>
    public TimeSpan WaitFor(Func<bool> condition, int seconds, string what)
    {
        var started = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.False(_process!.HasExited, $"the agent ended:\n{Output}");
            Assert.True(started.Elapsed < TimeSpan.FromSeconds(seconds), $"not {what} after {seconds} s:\n{Get("/readyz")}\n{Output}");
            Thread.Sleep(20);
        }
        return started.Elapsed;
    }

    /// <summary>The whole answer, or empty while nobody listens.</summary>
    public string Get(string path)
    {
        using var socket = Node.Namespace.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.ReceiveTimeout = 10_000;
        try
        {
            socket.Connect(IPAddress.Loopback, HealthPort);
            socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\n\r\n"));
            using var reader = new StreamReader(new NetworkStream(socket));
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return "";
        }
    }

    /// <summary>The sum of a metric's series whose labels contain <paramref name="label"/>.</summary>
    public double Metric(string name, string label = "") => Get("/metrics").Split('\n')
        .Where(l => l.StartsWith(name, StringComparison.Ordinal) && l[name.Length] is '{' or ' ' && l.Contains(label, StringComparison.Ordinal))
        .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Sends a signal by its name.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }
            process.Dispose();
        }
        Api.Dispose();
        Node.Dispose();
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    /// <summary>NETWEIR_TEST_AGENT names the shipped executable, to run these tests on it.</summary>
    private static string[] Executable() => Environment.GetEnvironmentVariable("NETWEIR_TEST_AGENT") is { Length: > 0 } shipped
        ? [shipped] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "netweir-agent.dll")];

    private void Append(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }

    public static string CompiledObject([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "../../../artifacts/bpf/netweir.bpf.o"));
}
