using System.Text.Json.Nodes;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>A pod whose only container runs <c>ctl</c>: on its node's network, or in a namespace that the CNI plugin connects.</summary>
internal sealed class LabContainer : IDisposable
{
    private static int s_number;
    private readonly LabNode _node;
    private readonly PodSandbox? _sandbox;
    private readonly NetworkNamespace? _namespace;
    private LabProcess? _process;

    private LabContainer(LabNode node, PodSandbox? sandbox)
    {
        _node = node;
        _sandbox = sandbox;
        _namespace = sandbox is null ? null : NetworkNamespace.Create(Path.GetFileName(sandbox.NamespacePath));
    }

    public IReadOnlyList<string> Addresses { get; private set; } = [];

    public bool HasEnded => _process!.HasExited;

    public int ExitCode => _process!.ExitCode;

    public string Log => File.ReadAllText(_process!.LogFile);

    public static LabContainer Start(LabCluster lab, JsonObject pod)
    {
        JsonNode spec = pod["spec"]!;
        LabNode node = lab.Nodes.Single(n => n.Name == spec["nodeName"]!.ToString());
        string name = pod["metadata"]!["name"]!.ToString();
        PodSandbox? sandbox = (bool)spec["hostNetwork"]! ? null : new PodSandbox
        {
            PodNamespace = pod["metadata"]!["namespace"]!.ToString(),
            PodName = name,
            NamespacePath = NetworkNamespace.NamedPath($"{lab.Name}-c{Interlocked.Increment(ref s_number)}"),
        };
        var container = new LabContainer(node, sandbox);
        try
        {
            container.Connect();
            container.Run(lab, spec["containers"]![0]!, name);
            return container;
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        if (_sandbox is not null)
        {
            _node.Runtime.Delete(_sandbox);
            _namespace!.Dispose();
            NetworkNamespace.Delete(Path.GetFileName(_sandbox.NamespacePath));
        }
    }

    private void Connect()
    {
        if (_sandbox is null)
        {
            Addresses = [_node.IPv4.ToString(), _node.IPv6.ToString()];
            return;
        }

        using (var netlink = Rtnetlink.Open(_namespace!))
        {
            netlink.Links.SetUp(netlink.Links.Get("lo").Index);
        }

        Addresses = [.. _node.Runtime.Add(_sandbox).Select(a => a.ToString())];
    }

    private void Run(LabCluster lab, JsonNode container, string name)
    {
        IEnumerable<string> environment = container["env"]!.AsArray().Select(e => $"{e!["name"]}={e["value"]?.ToString()
            ?? (e["valueFrom"]!["fieldRef"]!["fieldPath"]!.ToString() == "metadata.name" ? name : string.Join(',', Addresses))}");
        // The image's path of ctl is left out, and this machine's taken.
        IEnumerable<string> command = lab.Programs.Ctl.Concat(container["command"]!.AsArray().Skip(1).Select(w => w!.ToString()));
        _process = LabProcess.Start(lab.Directory, _namespace ?? _node.Namespace, ["env", .. environment, .. command], Path.Combine(lab.Directory, $"{name}.log"));
    }
}
