using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Netweir.Endpoints;
using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Ctl;

/// <summary>Files, logs and answers of this node. No kubeconfig, no certificate and no environment is among them.</summary>
internal sealed class NodeItems(BugPlaces places)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);
    private static readonly string[] s_configuration =
        ["BPF", "BTF", "NET_CLS", "NET_SCH", "NET_ACT", "VXLAN", "VETH", "NF_TABLES", "NETFILTER_XT", "IP_VS", "CGROUP_BPF", "LOCKDOWN", "INET"];

    private static readonly string[] s_words =
    [
        "bpf", "btf", "verifier", "nw_", "netweir", "vxlan", "veth", "clsact", "netdev", "conntrack", "martian", "link is", "out of memory",
        "oom-kill", "hung task", "rcu",
    ];

    public IReadOnlyList<BugItem> All =>
    [
        new("kernel/version.txt", () => File.ReadAllText("/proc/version") + $"architecture {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors\n"),
        new("kernel/configuration.txt", Configuration), new("kernel/log.txt", Log), new("kernel/modules.txt", () => ReadIfThere("/proc/modules")),
        new("kernel/memory.txt", () => ReadIfThere("/proc/meminfo")),
        new("agent/healthz.txt", () => Ask(places.Agent, "/healthz")), new("agent/readyz.txt", () => Ask(places.Agent, "/readyz")),
        new("agent/metrics.txt", () => Ask(places.Agent, "/metrics")), new("agent/proxy-healthz.txt", () => Ask(new IPEndPoint(IPAddress.Loopback, 10256), "/healthz")),
        new("agent/proxy-mode.txt", () => Ask(new IPEndPoint(IPAddress.Loopback, 10249), "/proxyMode")),
        new("node/node.json", () => ReadIfThere(Path.Combine(places.Paths.RunDirectory, NodeFacts.FileName))),
        new("node/run-directory.txt", () => List(places.Paths.RunDirectory)), new("node/state-directory.txt", () => List(places.Paths.StateDirectory)),
        new($"node/{CniConfigurations.OwnFile}", () => ReadIfThere(Path.Combine(places.Node.Foreign.CniConfDir, CniConfigurations.OwnFile))),
        new("node/cni-directory.txt", () => string.Concat(CniConfigurations.Read(places.Node.Foreign.CniConfDir).Select(c => $"{c.Name} ({c.Plugin})\n"))),
        new("node/os-release.txt", () => ReadIfThere(places.Node.Host.Of("/etc/os-release"))),
        .. new LogFiles(places).All, new("logs/runtime.txt", RuntimeLog),
    ];

    private static string Ask(IPEndPoint where, string path)
    {
        try
        {
            return LoopbackHttp.Request(where, path, s_timeout);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            throw new CtlException($"nothing answers at {where}: {e.Message}", e);
        }
    }

    private static string? ReadIfThere(string path) => File.Exists(path) ? File.ReadAllText(path) : null;

    private static string? List(string directory) => !Directory.Exists(directory) ? null : string.Concat(Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(p => string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(p).Length,10} {File.GetLastWriteTimeUtc(p):yyyy-MM-dd'T'HH:mm:ss'Z'} {p}\n")));

    /// <summary>The part of the kernel's configuration that matters here.</summary>
    private string? Configuration()
    {
        string packed = "/proc/config.gz", beside = places.Node.Host.Of($"/boot/config-{KernelChecks.Version()}");
        IEnumerable<string> lines;
        if (File.Exists(packed))
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(packed), CompressionMode.Decompress));
            lines = reader.ReadToEnd().Split('\n');
        }
        else if (File.Exists(beside))
        {
            lines = File.ReadLines(beside);
        }
        else
        {
            return null;
        }

        return string.Concat(lines.Where(l => s_configuration.Any(w => l.Contains(w, StringComparison.Ordinal))).Select(l => l + "\n"));
    }

    private static string Log() =>
        string.Concat(KernelLog.Read().Where(l => s_words.Any(w => l.Contains(w, StringComparison.OrdinalIgnoreCase))).Select(l => l + "\n"));

    /// <summary>The CNI plugin keeps no log: what it says when it refuses goes to the container runtime, and from there to the kubelet.</summary>
    private static string? RuntimeLog() =>
        ExternalProgram.Run("journalctl", "--no-pager", "--quiet", "-n", "20000", "-u", "containerd", "-u", "crio", "-u", "kubelet", "-u", "k3s", "-u", "rke2-agent") is { } journal
            ? string.Concat(journal.Split('\n').Where(IsOfPlugin).TakeLast(2000).Select(l => l + "\n"))
            : null;

    private static bool IsOfPlugin(string line) => line.Contains("netweir", StringComparison.OrdinalIgnoreCase) || line.Contains("cni", StringComparison.OrdinalIgnoreCase);
}
