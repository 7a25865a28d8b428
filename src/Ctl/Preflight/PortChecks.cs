using System.Globalization;
using System.Net;
using Netweir.Netlink;
using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Ctl;

/// <summary>Are the ports free that Netweir serves?</summary>
internal sealed class PortChecks(NodeView node)
{
    private const string Agent = "netweir-agent";
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(500);

    private static readonly ServedPort[] s_ports =
    [
        new(9869, Severity.Error, "the agent's health port", "the agent does not start", "--health-address"),
        new(10256, Severity.Warning, "kube-proxy's health port", "cloud load balancers do not learn from Netweir whether this node takes traffic", "--healthz-bind-address"),
        new(10249, Severity.Warning, "kube-proxy's metrics port", "dashboards for kube-proxy find nothing of Netweir", "--metrics-bind-address"),
    ];

    private sealed record ServedPort(ushort Number, Severity Severity, string For, string Effect, string Option)
    {
        public string Text => Number.ToString(CultureInfo.InvariantCulture);
    }

    public IReadOnlyList<Check> All => [new("ports", Ports), new("VXLAN port", Vxlan)];

    private CheckResult Ports()
    {
        IReadOnlyList<Listener> listeners = Listeners.Read();
        Finding[] findings = [.. s_ports.Select(p => Taken(p, listeners.FirstOrDefault(l => !l.IsUdp && l.Port == p.Number))).OfType<Finding>()];
        string detail = findings.Length == 0 ? $"{string.Join(", ", s_ports.Select(p => p.Text))}: free, or the agent's" : string.Join("; ", findings.Select(f => f.What));
        return new CheckResult("ports", detail, findings);
    }

    private Finding? Taken(ServedPort port, Listener? listener)
    {
        string owner = listener is null ? Agent : Owner(listener);
        return owner == Agent ? null : new Finding(
            port.Severity,
            "ports",
            string.Create(CultureInfo.InvariantCulture, $"port {port.Number}, {port.For}, is taken by {owner}"),
            port.Effect,
            owner.StartsWith("kube-proxy", StringComparison.Ordinal) ? ForeignFindings.DeleteKubeProxy : $"stop it, or give the agent another port: {port.Option} IP:PORT");
    }

    private CheckResult Vxlan()
    {
        ushort port = node.Places.VxlanPort;
        Link[] devices = [.. node.Links.Where(l => l is { Kind: "vxlan", VxlanPort: not 0 } && l.Name != NetworkNames.Overlay)];
        Link? rival = Array.Find(devices, l => l.VxlanPort == port);
        bool own = node.Links.Any(l => l.Name == NetworkNames.Overlay && l.VxlanPort == port);
        string? taken = rival is not null ? $"the VXLAN device {rival.Name}"
            : !own && Listeners.Read().FirstOrDefault(l => l.IsUdp && l.Port == port) is { } listener ? Owner(listener) : null;
        string detail = string.Create(CultureInfo.InvariantCulture, $"UDP {port}: {taken ?? (own ? "Netweir's" : "free")}");
        string others = string.Join(", ", devices.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Name} on {d.VxlanPort}")));
        return new CheckResult("VXLAN port", others.Length > 0 ? $"{detail}; other VXLAN devices: {others}" : detail, taken is null ? [] :
        [
            new Finding(
                Severity.Error,
                "ports",
                string.Create(CultureInfo.InvariantCulture, $"UDP port {port}, which Netweir uses for VXLAN, is taken by {taken}"),
                "Netweir's VXLAN device cannot be made: pods of nodes that are not neighbours are not reached",
                (rival is not null ? $"remove the plugin that {rival.Name} belongs to, then ip link delete {rival.Name}; or" : "stop it, or")
                    + " another port for Netweir, on all nodes: the agent's --vxlan-port"),
        ]);
    }

    private string Owner(Listener listener)
    {
        if (listener.Inode != 0 && NodeProcesses.OwnerOfSocket(node.Places.Host, listener.Inode) is { } process)
        {
            // An agent that is not compiled ahead of time has the runtime's name.
            return process.Name == Agent || IsAgent(process.Id) ? Agent : string.Create(CultureInfo.InvariantCulture, $"{process.Name} (process {process.Id})");
        }

        return listener.IsUdp ? "a socket of the kernel, or of a process that cannot be seen from here" : Speaks(listener.Port);
    }

    private bool IsAgent(int process) =>
        File.ReadAllText(Path.Combine(node.Places.Host.Proc, process.ToString(CultureInfo.InvariantCulture), "cmdline")).Split('\0').Any(w => Path.GetFileNameWithoutExtension(w) == Agent);

    /// <summary>Of a process that cannot be seen: by what it answers.</summary>
    private static string Speaks(ushort port)
    {
        string? mode = LoopbackHttp.TryBody(new IPEndPoint(IPAddress.Loopback, 10249), "/proxyMode", s_timeout)?.Trim();
        bool netweir = port == 9869
            ? LoopbackHttp.TryBody(new IPEndPoint(IPAddress.Loopback, port), "/metrics", s_timeout)?.Contains("netweir_", StringComparison.Ordinal) == true
            : mode == "netweir";
        return netweir ? Agent : mode is not null and not "netweir" && port is 10249 or 10256 ? "kube-proxy" : "a process that cannot be seen from here (ss -ltnp, on the node, names it)";
    }
}
