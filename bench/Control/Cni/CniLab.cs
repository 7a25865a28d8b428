using System.Text.Json.Nodes;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>A node with a running agent for netweir-cni, and a bare namespace for its rival.</summary>
internal sealed class CniLab : IAsyncDisposable
{
    private const string RivalPath = "/usr/lib/cni";
    private readonly LabCluster _lab;
    private readonly NetworkNamespace _rivalNode;
    private readonly KernelSubject _kernel;
    private int _namespaces;

    private CniLab(LabCluster lab)
    {
        _lab = lab;
        _rivalNode = lab.CreateNamespace("rival");
        using (var netlink = Rtnetlink.Open(_rivalNode))
        {
            netlink.Links.SetUp(1);
        }

        _kernel = new KernelSubject(lab.Nodes[0]);
        Subjects = [Own(lab), Rival(), _kernel];
    }

    /// <summary>netweir-cni first.</summary>
    public IReadOnlyList<ICniSubject> Subjects { get; }

    /// <summary>A process that does nothing: the share of starting one in the figures of the plugins.</summary>
    public ICniSubject Empty => new PluginSubject("/bin/true", "/bin/true", "", [], _rivalNode);

    public static async Task<CniLab> CreateAsync()
    {
        if (!File.Exists(Path.Combine(RivalPath, "ptp")))
        {
            throw new LabException($"{RivalPath}/ptp is missing: run 'tools/deps.sh bench'");
        }

        BenchReport.Progress("a node with a running agent");
        var lab = await LabCluster.CreateAsync(new LabOptions { Nodes = 1, OwnApiServer = true });
        try
        {
            return new CniLab(lab);
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Pods with namespaces of their own, each to be released.</summary>
    public List<PodCall> Pods(int count)
    {
        var pods = new List<PodCall>(count);
        for (var i = 0; i < count; i++)
        {
            var name = $"c{++_namespaces}";
            using var ns = _lab.CreateNamespace(name);
            pods.Add(new PodCall(name, ns.Path));
        }

        return pods;
    }

    public static void Release(IEnumerable<PodCall> pods)
    {
        foreach (var pod in pods)
        {
            NetworkNamespace.Delete(Path.GetFileName(pod.NamespacePath));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _kernel.Dispose();
        _rivalNode.Dispose();
        await _lab.DisposeAsync();
    }

    private static PluginSubject Own(LabCluster lab)
    {
        var node = lab.Nodes[0];
        var list = node.Runtime.ConfigurationList() ?? throw new LabException($"{node.CniDirectory} has no configuration list");
        var configuration = list["plugins"]![0]!.DeepClone().AsObject();
        configuration["name"] = list["name"]!.DeepClone();
        configuration["cniVersion"] = list["cniVersion"]!.DeepClone();
        return lab.Programs.Cni is [var native]
            ? new PluginSubject("netweir-cni", native, "/opt/cni/bin", configuration, node.Namespace)
            : throw new LabException("there is no NativeAOT plugin in artifacts/image, and figures of another one mean nothing: run 'make aot'");
    }

    /// <summary>As kindnet configures it, and with IPv4 alone: for an IPv6 address it waits more than a second. netweir-cni gives pods both.</summary>
    private PluginSubject Rival() => new("ptp with host-local", Path.Combine(RivalPath, "ptp"), RivalPath, new JsonObject
    {
        ["cniVersion"] = "1.0.0",
        ["name"] = "rival",
        ["type"] = "ptp",
        ["ipMasq"] = false,
        ["mtu"] = 1500,
        ["ipam"] = new JsonObject
        {
            ["type"] = "host-local",
            ["dataDir"] = Path.Combine(_lab.Directory, "host-local"),
            ["ranges"] = new JsonArray(new JsonArray(new JsonObject { ["subnet"] = "10.99.0.0/24" })),
            ["routes"] = new JsonArray(new JsonObject { ["dst"] = "0.0.0.0/0" }),
        },
    }, _rivalNode);
}
