using System.Globalization;
using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>What a take-over does on a node. Pure.</summary>
public sealed record TakeOverPlan
{
    /// <summary>Why it is not done; empty: nothing speaks against it.</summary>
    public required IReadOnlyList<string> Refusals { get; init; }

    /// <summary>Configurations to be renamed.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>As found before: what is removed is what is there then.</summary>
    public required KubeProxyRules Rules { get; init; }

    /// <summary>Names of devices to be deleted.</summary>
    public required IReadOnlyList<string> Devices { get; init; }

    /// <summary>One line each, in their order; empty: there is nothing to do.</summary>
    public IReadOnlyList<string> Steps =>
    [
        .. Files.Select(f => $"rename {f} to {f}{CniConfigurations.MovedSuffix}"),
        .. Rules.IsEmpty ? [] : (string[])[$"remove kube-proxy's rules: {ForeignFindings.Describe(Rules)}"],
        .. Devices.Select(d => $"delete device {d}"),
    ];

    /// <param name="state">As found.</param>
    /// <param name="installing">Netweir is about to be started here; else it has to be ready before anything is taken away.</param>
    /// <param name="force">Although pods of another plugin run here, or Netweir is not ready.</param>
    public static TakeOverPlan Compute(ForeignState state, bool installing, bool force)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new TakeOverPlan
        {
            Refusals = [.. Objections(state, installing, force)],
            Files = [.. state.Configurations.Where(c => c.Name != CniConfigurations.OwnFile && c.Plugin != CniConfigurations.Multus).Select(c => c.Path)],
            Rules = state.Rules,
            Devices = [.. state.HasIpvsDevice ? [KubeProxyNames.IpvsDevice] : (string[])[], .. state.Devices.Where(d => Deletable(state, d)).Select(d => d.Link.Name)],
        };
    }

    /// <summary>The bridge and the tunnels of flannel, when no pod is behind them.</summary>
    internal static bool Deletable(ForeignState state, ForeignDevice device) => device.Link switch
    {
        { Name: "cni0", Kind: "bridge" } => device.Ports == 0,
        { Name: "flannel.1" or "flannel-v6.1", Kind: "vxlan" } => state.Pods.Count == 0 && state.Devices.All(d => d.Link.Name != "cni0" || d.Ports == 0),
        _ => false,
    };

    private static IEnumerable<string> Objections(ForeignState state, bool installing, bool force)
    {
        if (state.KubeProxy is { } sign)
        {
            yield return $"kube-proxy still runs on this node ({sign}) and would put its rules back: {ForeignFindings.DeleteKubeProxy}, and try again";
        }

        if (state.Pods.Count > 0 && !force)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{state.Pods.Count} pods of another plugin run here and would lose their services: ")
                + $"{string.Join(", ", state.Pods.Select(p => p.Name))}: drain the node (kubectl drain NODE), or --force";
        }

        if (!installing && !force && !state.Configurations.Any(c => c.Name == CniConfigurations.OwnFile))
        {
            yield return $"Netweir is not ready on this node (it has written no {CniConfigurations.OwnFile}), and what is removed would be missed: start its agent first, or --force";
        }
    }
}
