using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Ctl;

/// <summary>Services of the node that manage its network, and remove routes or take devices that they did not make.</summary>
internal sealed class ManagerChecks(HostRoot host)
{
    /// <summary>As the kernel cuts the name of systemd-networkd.</summary>
    private const string Networkd = "systemd-network";

    private const string NetworkManager = "NetworkManager";
    private static readonly string[] s_unmanaged = ["interface-name:nw", "interface-name:*", "type:veth"];
    private static readonly string[] s_configurations = ["/etc", "/run", "/usr/lib", "/usr/local/lib"];

    public Check Check => new("network managers", Look);

    private CheckResult Look()
    {
        IReadOnlyList<NodeProcess> running = NodeProcesses.Named(host, Networkd, NetworkManager);
        List<Finding> findings = [];
        if (running.Any(p => p.Name == Networkd) && !Settings("systemd/networkd.conf", "systemd/networkd.conf.d").Any(IsManageForeignOff))
        {
            findings.Add(new Finding(
                Severity.Warning,
                "systemd-networkd",
                "systemd-networkd runs and is not told to leave other programs' routes and rules alone",
                "when it restarts, or a device comes back, it removes Netweir's routes and rules; the agent puts them back within a second",
                "mkdir -p /etc/systemd/networkd.conf.d && printf '[Network]\\nManageForeignRoutes=no\\nManageForeignRoutingPolicyRules=no\\n' "
                    + "> /etc/systemd/networkd.conf.d/netweir.conf && systemctl restart systemd-networkd"));
        }

        if (running.Any(p => p.Name == NetworkManager) && !Settings("NetworkManager/NetworkManager.conf", "NetworkManager/conf.d").Any(IsUnmanaged))
        {
            findings.Add(new Finding(
                Severity.Warning,
                "NetworkManager",
                "NetworkManager runs and is not told to leave Netweir's devices alone",
                "it may take pods' devices for connections of its own, and change their addresses, routes and MTU",
                "printf '[keyfile]\\nunmanaged-devices=interface-name:nw*\\n' > /etc/NetworkManager/conf.d/netweir.conf && systemctl reload NetworkManager"));
        }

        string names = running.Count == 0 ? "none runs" : string.Join(", ", running.Select(p => p.Name == Networkd ? "systemd-networkd" : p.Name).Distinct());
        return new CheckResult("network managers", names, findings);
    }

    /// <summary>Lines of a service's configuration, from everywhere where it may be.</summary>
    private IEnumerable<string> Settings(string file, string directory) =>
        from root in s_configurations
        from path in Files(host.Of($"{root}/{file}"), host.Of($"{root}/{directory}"))
        from line in File.ReadLines(path)
        select line.Trim();

    private static IEnumerable<string> Files(string file, string directory) =>
        [.. File.Exists(file) ? [file] : (string[])[], .. Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*.conf") : []];

    private static bool IsManageForeignOff(string line) =>
        line.Split('=') is [var name, var value] && name.Trim() == "ManageForeignRoutes" && value.Trim().ToLowerInvariant() is "no" or "false" or "off" or "0";

    private static bool IsUnmanaged(string line) =>
        line.StartsWith("unmanaged-devices", StringComparison.Ordinal) && s_unmanaged.Any(w => line.Contains(w, StringComparison.Ordinal));
}
